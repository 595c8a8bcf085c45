"""Where a rejected text is cut, and where a mended sentence is over."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are what this is about

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.reading.boundary import cut_back, sentence_end

WORDS = r"""one two's well-known Mr. e.g. U.S. 3.14 1,000 1.5e-10 12:30 10% $5.20 \n \u00e9 \\ &amp; %20 \frac{1}{2}
    **bold** `code` https://a.example/b?c=1 👩‍👩‍👧 👍🏽 🇩🇪 é か゚ क्षि กำ 한 각 今 天 カー 三千 。 ！ 」 . ! ? ... , : ; )
    " ” ``` { } [ ] 「 -"""
BLANKS = (" ", " ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "1 000 000", "\\ ")
ATOMS = (*WORDS.split(), *BLANKS, "\n```python\n", "\n```\n", '"a b"', "e\u0301", "か\u3099", "\u1112\u1161\u11ab")
"""Of what texts are made: never to be cut inside, but for what holds ends itself."""

HOLDS_ENDS = ("\n```python\n", "\n```\n", '"a b"', "\n\n", "...")

texts = st.lists(st.sampled_from(ATOMS), max_size=40)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[list[str], int, str]:
    atoms = draw(texts)
    return atoms, draw(st.integers(0, len("".join(atoms)))), "".join(draw(texts))


@given(cuts())
def test_a_cut_is_at_or_before_its_offset_and_stays_where_it_is(drawn: tuple[list[str], int, str]) -> None:
    atoms, offset, before = drawn
    text = "".join(atoms)
    at = cut_back(text, offset, before)
    assert 0 <= at <= offset
    assert cut_back(text, at, before) == at


@given(st.lists(st.sampled_from([atom for atom in ATOMS if atom not in HOLDS_ENDS]), max_size=40), st.integers(0, 99))
def test_a_cut_is_never_inside_a_word_a_number_an_escape_or_a_character(atoms: list[str], percent: int) -> None:
    atoms = ["Well", *atoms]
    text = "".join(atoms)
    at = cut_back(text, len(text) * percent // 100)
    assert at in accumulate(map(len, atoms), initial=0), (text[:at], text[at:])
    assert at == 0 or not (text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalnum())


@given(st.lists(st.sampled_from([atom for atom in ATOMS if "`" not in atom]), max_size=40))
def test_more_is_kept_of_what_is_rejected_later(atoms: list[str]) -> None:
    text = "".join(atoms)
    found = [cut_back(text, offset) for offset in range(len(text) + 1)]
    assert all(one <= other for one, other in pairwise(found))


def test_the_end_of_a_value_stays_one_when_words_follow_it() -> None:
    assert [cut_back("[]one", offset) for offset in range(6)] == [0, 1, 2, 2, 2, 2]


@given(cuts())
def test_a_cut_made_where_a_sentence_ends_is_where_it_ends(drawn: tuple[list[str], int, str]) -> None:
    text, start = "".join(drawn[0]), drawn[1]
    end = sentence_end(text, start)
    assert end is None or (end > start and cut_back(text, end) == end)


@given(cuts())
def test_the_end_of_a_sentence_stays_where_it_is_however_it_goes_on(drawn: tuple[list[str], int, str]) -> None:
    text, start = "".join(drawn[0]), drawn[1]
    end = sentence_end(text, start)
    assert all(sentence_end(text[:length], start) in (None, end) for length in range(start, len(text)))


@pytest.mark.parametrize(
    ("kept", "lost"),
    [
        ("It rained.", " Then it stopped at 3.14 of the"),
        ("", "Mr. Smith paid $1,000 to Dr. J. Doe, i.e. Ann"),
        ("She asked “Why?”", " Nobody knew why"),
        ("First line\n- an item", "\n- another ite"),
        ("1. Take it.", "\n2. Put it dow"),
        ("", "1. Take"),
        ("He left (at last).", " **Then** he"),
        ("See Fig. 3 now.", " It shows No. 5 of"),
        ("他昨天来了。", "今天天气很好所"),
        ("彼は言った。「はい。」", "それから彼"),
        ("वह गया।", " फिर वह"),
        ('{"a": 5, "b":', ' "wro'),
        ('{"a": [1, 2,', " 33"),
        ('{"a": "x\\"y",', ' "b'),
        ("Do this:\n```python\nx = 1", "\ny = f(3, 4"),
        ('So:\n```json\n{"a": 1,', ' "b'),
        ("So:\n```python", "\nx = "),
        ('["a", "b"]\nThis is it.', " It has"),
    ],
)
def test_a_cut_is_made_where_a_sentence_a_line_or_a_token_ends(kept: str, lost: str) -> None:
    rest = "rest of it goes on here."
    assert cut_back(kept + lost + rest, len(kept + lost)) == len(kept)


def test_where_the_sentence_began_too_far_back_the_cut_is_at_a_word() -> None:
    text = "and so it goes " * 40
    assert cut_back(text, 500) == 498
    assert cut_back("天气很好所以" * 100, 500) == 500


def test_numbers_that_are_written_in_groups_and_held_blanks_are_not_cut() -> None:
    text = "word " * 60 + "1 000 000 km and 5\u00a0kg more"
    assert text[cut_back(text, text.index("000 km")) :].startswith(" 1 000 000")
    assert text[cut_back(text, text.index("kg")) :].startswith(" 5\u00a0kg")


def test_a_text_that_goes_on_amid_a_sentence_is_cut_at_a_word() -> None:
    assert cut_back("is the capital of France and", 20, before="It is clear that Paris ") == len("is the capital of")
    assert cut_back("Paris is the capital", 12, before="It is clear. ") == 0
    assert cut_back("ing is over and", 2, before="The wait") == 0


def test_a_fence_that_opened_before_the_text_makes_it_code() -> None:
    assert cut_back("x = f(1). Y\ny = 22222", 18, before="```python\n") == len("x = f(1). Y")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("It rained. Then Mr. Smith, e.g. here, came. So", 10, 43),
        ("It rained. Then it", 10, None),
        ("It rained. Then it stopped.", 10, None),
        ("It rained. Then it stopped. ", 10, None),
        ("It rained. Then it stopped.\n", 10, 27),
        ("他来了。今天", 0, 4),
        ("他来了。", 0, None),
        ('{"a": 5, "b": "right", ', 13, 21),
        ('{"a": 5, "b": "right"', 13, None),
        ("```python\nx = 1\ny = 2\n", 15, 21),
        ("one\n\ntwo\n", 3, 8),
        ('["a"] is a list. It', 7, 16),
        ('So:\n```json\n{"a": 1}\n```', 19, 20),
    ],
)
def test_a_sentence_is_over_once_what_follows_is_seen(text: str, start: int, end: int | None) -> None:
    assert sentence_end(text, start) == end
