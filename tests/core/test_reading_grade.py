"""How far a text is accepted of which a strong model says how likely it finds it."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.reading.criteria import NAMES, ROWS, STANDARD, Criteria, criteria_of
from router.core.reading.grade import CURVE, grade
from router.core.reading.reading import Reading, ReadToken
from router.core.reading.surprise import surprises, weight
from tests.gate_corpus.rows import GOOD, read_rows
from tests.readings import PIECE, Learnt, diced

RIVER = (
    "The river rises in the northern hills and flows for 274 miles through three counties before it reaches the coast "
    "near Ashford. Farmers have used its water for centuries. They do not own it, and small towns grew wherever "
    "a bridge could be built without much trouble."
)
SURE = math.log(0.9)
EVERY_LIMIT = st.dictionaries(st.sampled_from(sorted(NAMES)), st.floats(0, 20) | st.none() | st.just("off"))


def reading_of(text: str, **nats: float) -> Reading:
    """A reader that would have written the text itself, but for the words given, which it finds so much less likely."""
    tokens = []
    for found in PIECE.finditer(text):
        behind = nats.get(found.group().strip(), 0.0)
        tokens.append(ReadToken(found.start(), found.end(), SURE - behind, 40 if behind else 1, SURE))
    return Reading(tuple(tokens), len(tokens))


def all_behind(text: str, since: int, nats: float) -> Reading:
    tokens = reading_of(text).tokens
    return Reading(
        tuple(
            ReadToken(each.start, each.end, SURE - nats, 40, SURE) if each.start >= since else each for each in tokens
        ),
        len(tokens),
    )


numbers = st.floats(allow_nan=True, allow_infinity=True)
drawn_tokens = st.lists(st.tuples(st.integers(1, 9), numbers, st.integers(1, 1000), numbers, numbers | st.none()))


def drawn_reading(drawn: list[tuple[int, float, int, float, float | None]]) -> tuple[Reading, str]:
    tokens, at = [], 0
    for length, logprob, rank, best, entropy in drawn:
        tokens.append(ReadToken(at, at + length, logprob, rank, best, entropy))
        at += length
    return Reading(tuple(tokens), at), (RIVER * (1 + at // len(RIVER)))[:at]


# --- what is accepted ---------------------------------------------------------------------------------------------


def test_what_the_reader_would_have_written_itself_is_accepted_whole() -> None:
    said = grade(reading_of(RIVER), RIVER, STANDARD, is_last=True)
    assert (said.upto, said.findings, said.found_at) == (len(RIVER), (), -1)
    assert (said.profile.mean, said.profile.worst) == (0.0, 0.0)


def test_a_reading_without_tokens_says_nothing() -> None:
    assert grade(Reading((), 7), "  ", STANDARD, is_last=True).upto == 2


def test_other_words_for_the_same_are_accepted() -> None:
    said = grade(reading_of(RIVER, rises=5.0, when=4.0, and_=6.0, through=5.5, grew=6.0), RIVER, STANDARD, is_last=True)
    assert said.upto == len(RIVER)


@pytest.mark.parametrize("word", ["274", "Ashfo", "not"])
def test_a_wrong_number_name_or_negation_is_found_where_another_word_would_pass(word: str) -> None:
    said = grade(reading_of(RIVER, **{word: 7.0}), RIVER, STANDARD, is_last=True)
    assert [each.check for each in said.findings] == ["out_of_top"]
    assert RIVER[said.found_at :].strip().startswith(word)
    assert grade(reading_of(RIVER, towns=7.0), RIVER, STANDARD, is_last=True).findings == ()


def test_what_is_rejected_is_cut_back_to_the_sentence_before_it() -> None:
    said = grade(reading_of(RIVER, **{"not": 7.0}), RIVER, STANDARD, is_last=True)
    assert RIVER[: said.upto].endswith("for centuries.")


def test_a_token_among_the_likeliest_is_accepted_however_far_behind() -> None:
    tokens = tuple(
        ReadToken(each.start, each.end, -20.0, 3, SURE) if each.rank > 1 else each
        for each in reading_of(RIVER, **{"274": 5.0}).tokens
    )
    assert "out_of_top" not in [f.check for f in grade(Reading(tokens, 0), RIVER, STANDARD, is_last=True).findings]


def test_an_unsure_reader_is_less_surprised() -> None:
    sure = ReadToken(4, 10, -6.0, 9, -1.0)
    unsure = ReadToken(4, 10, -6.0, 9, -1.0, entropy=4.0)
    assert surprises([sure], RIVER) == [5.0]
    assert surprises([unsure], RIVER) == [2.0]


def test_content_weighs_more_than_filler() -> None:
    text = "Then the river at Ashford rose by 3.5 metres, did not stop; see fooBar and do_it(x)."
    weights = {word: weight(text, text.index(word), text.index(word) + len(word)) for word in text.split()}
    assert weights["the"] < weights["river"] < weights["Ashford"] < weights["3.5"] == weights["not"]
    assert weights["Then"] < weights["fooBar"] == weights["do_it(x)."]
    assert weight(text, text.index("5 m"), text.index("5 m") + 1) == weights["3.5"]


# --- its ends -----------------------------------------------------------------------------------------------------


def test_the_word_at_the_end_of_a_block_says_nothing_where_more_comes() -> None:
    text = RIVER[: RIVER.index("counties") + len("countie")]
    reading = all_behind(text, text.index("countie"), 15.0)
    assert grade(reading, text, STANDARD, is_last=False).upto == len(text)
    assert grade(reading, text, STANDARD, is_last=True).upto < len(text)


def test_the_end_of_a_word_that_began_before_the_text_counts_for_half() -> None:
    token = ReadToken(0, 4, SURE - 8.0, 40, SURE)
    assert surprises([token], "ties before it", "three coun") < surprises([token], "ties before it")


# --- runs and means -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mean", "worst_window", "improbable_run"])
def test_a_text_that_turns_improbable_is_cut_where_it_does(name: str) -> None:
    others: dict[str, float | str | None] = dict.fromkeys(NAMES - {name}, "off")
    joint = RIVER.index(" Farmers")
    said = grade(all_behind(RIVER, joint, 6.0), RIVER, criteria_of(others), is_last=True)  # type: ignore[arg-type]
    assert [each.check for each in said.findings] == [name]
    assert (said.found_at, said.upto) == (joint, joint)


def test_what_the_writer_found_much_likelier_than_the_reader_is_cut() -> None:
    reading = all_behind(RIVER, RIVER.index(" They"), 8.0)
    only = criteria_of({**dict.fromkeys(NAMES, "off"), "likelihood_ratio": 2.0})
    fast = [SURE] * len(reading.tokens)
    said = grade(reading, RIVER, only, is_last=True, fast_logprobs=fast)
    assert (said.findings[0].check, said.found_at) == ("likelihood_ratio", RIVER.index(" They"))
    as_unlikely = [each.logprob for each in reading.tokens]
    assert grade(reading, RIVER, only, is_last=True, fast_logprobs=as_unlikely).findings == ()
    assert grade(reading, RIVER, only, is_last=True, fast_logprobs=fast[:9]).findings == ()


def test_a_draft_whose_second_half_is_of_another_text_is_cut_within_two_tokens_of_the_joint() -> None:
    rows = [row["text"] for row in read_rows(GOOD) if row["language"] == "en" and len(row["text"]) > 300]
    known, strange = rows[::2], rows[1::2]
    reader, dice, hits = Learnt(known), Random(8), 0
    for _ in range(100):
        one, other = dice.choice(known), dice.choice(strange)
        starts = [[found.start() for found in PIECE.finditer(text)] for text in (one, other)]
        joint = starts[0][len(starts[0]) // 2]
        text = one[:joint] + other[starts[1][len(starts[1]) // 2] :]
        reading = reader.read(text)
        at = [each.start for each in reading.tokens]
        found = grade(reading, text, STANDARD, is_last=True).found_at
        hits += found >= 0 and abs(at.index(found) - sum(each < joint for each in at)) <= 2
    assert hits >= 95


def test_what_a_reader_knows_is_accepted_whole() -> None:
    known = [row["text"] for row in read_rows(GOOD) if row["language"] == "en" and len(row["text"]) > 300]
    reader = Learnt(known)
    assert [text for text in known if grade(reader.read(text), text, STANDARD, is_last=True).findings] == []


# --- whatever is read ---------------------------------------------------------------------------------------------


@given(drawn_tokens, st.booleans(), EVERY_LIMIT)
def test_nothing_is_accepted_beyond_the_first_fault(
    drawn: list[tuple[int, float, int, float, float | None]], is_last: bool, limits: dict[str, float | None]
) -> None:
    reading, text = drawn_reading(drawn)
    said = grade(reading, text, criteria_of(limits), is_last=is_last)
    if said.findings:
        assert 0 <= said.upto <= said.found_at < len(text)
    else:
        assert (said.upto, said.found_at) == (len(text), -1)


@given(drawn_tokens, st.booleans())
def test_profiles_are_short_and_finite(drawn: list[tuple[int, float, int, float, float | None]], is_last: bool) -> None:
    reading, text = drawn_reading(drawn)
    profile = grade(reading, text, STANDARD, is_last=is_last).profile
    assert len(profile.curve) <= CURVE
    assert all(map(math.isfinite, (profile.mean, profile.worst, *profile.curve, *profile.scores.values())))
    assert 0 <= profile.worst_at <= len(text)


@given(st.integers(0, 10_000), st.booleans())
def test_a_fault_is_found_where_and_only_where_a_score_is_above_its_limit(seed: int, is_last: bool) -> None:
    said = grade(diced(RIVER, Random(seed)), RIVER, STANDARD, is_last=is_last)
    above = {name for name, score in said.profile.scores.items() if score > STANDARD.limits[name]}
    assert {each.check for each in said.findings} == above


# --- criteria -----------------------------------------------------------------------------------------------------


def test_given_limits_are_laid_over_the_usual_ones() -> None:
    assert criteria_of({}) == STANDARD
    assert criteria_of({"mean": 0.5, "top_k": None}).limits == {**STANDARD.limits, "mean": 0.5}


def test_a_criterion_that_is_off_finds_nothing() -> None:
    off: dict[str, float | str | None] = dict.fromkeys(NAMES, "off")
    assert grade(all_behind(RIVER, 0, 50.0), RIVER, criteria_of(off), is_last=True).findings == ()  # type: ignore[arg-type]


@given(EVERY_LIMIT)
def test_criteria_are_read_as_they_are_written(limits: dict[str, float | None]) -> None:
    criteria = criteria_of(limits)
    assert criteria_of(criteria.written()) == criteria
    assert list(criteria.written()) == [row.name for row in ROWS]


def test_a_name_that_is_no_criterion_is_refused() -> None:
    with pytest.raises(KeyError, match="moods"):
        criteria_of({"moods": 1.0})
    assert Criteria({}).written() == dict.fromkeys((row.name for row in ROWS), "off")
