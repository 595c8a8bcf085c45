"""Tokens find their characters: exactly, or the text is not aligned at all."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.reading.alignment import ScoredToken, Unaligned, Undecoded, Untold, align, extent_of
from router.core.reading.reading import Excerpt, ReadToken
from tests.spelling import characters_of

Bytes = Sequence[bytes]

UNDECODED = "\ufffd"
PROMPT = [b"<bos>", b"<|turn>", b"model", b"\n"]

WORDS = [
    "the",
    " sea",
    "\n\n",
    "def f(x):\n    ",
    "0.5",
    "\t",
    "你好",
    "。",
    "한국",
    "ไม่",
    "é",
    "e\u0301",
    "Ω",
    "\u00a0",
]
EMOJI = ["😀", "👩\u200d👩\u200d👧", "🏴\U000e0067\U000e007f", "👍🏽", "🇫🇷", "\ufe0f"]
any_texts = st.lists(st.sampled_from(WORDS + EMOJI) | st.characters(exclude_categories=["Cs"]), max_size=12).map(
    "".join
)
texts = any_texts.map(lambda text: text.replace(UNDECODED, ""))


# --- how tokenizers spell, and what vLLM says of each token --------------------------------------------------------


def lossy(token: bytes) -> str:
    """As a byte-level vocabulary decodes: one U+FFFD for each run of bytes that begins like a character."""
    return token.decode(errors="replace")


def bytewise(tokens: bytes) -> str:
    """As a byte fallback decodes: one U+FFFD for each byte of a run that is not all characters."""
    try:
        return tokens.decode()
    except UnicodeDecodeError:
        return UNDECODED * len(tokens)


def said_of_bytes(tokens: Bytes) -> list[str]:
    """What vLLM says of the tokens of a byte-level vocabulary."""
    return [_corrected(tokens[max(at - 4, 0) : at], token) for at, token in enumerate(tokens)]


def _corrected(context: Bytes, token: bytes) -> str:
    alone = lossy(token)
    if not alone.endswith(UNDECODED):
        return alone
    for reach in range(1, len(context) + 1):
        whole = lossy(b"".join([*context[-reach:], token]))
        if not whole.endswith(UNDECODED):
            pieces = [each for each in context[-reach:] if lossy(each).endswith(UNDECODED)]
            return lossy(b"".join([*pieces, token])) if pieces else alone
    return ""


def fallen_back(text: str, vocabulary: frozenset[str]) -> list[bytes]:
    """The text in the longest words of a vocabulary, other characters byte by byte, as SentencePiece's do."""
    tokens, at = [], 0
    while at < len(text):
        word = next((text[at:end] for end in range(len(text), at, -1) if text[at:end] in vocabulary), "")
        tokens += [word.encode()] if word else [bytes([byte]) for byte in text[at].encode()]
        at += len(word) or 1
    return tokens


def said_of_fallback(tokens: Bytes) -> list[str]:
    """What vLLM says of the tokens of a vocabulary with a byte fallback."""
    said = []
    for at in range(len(tokens)):
        runs = (b"".join(tokens[max(at - reach, 0) : at + 1]) for reach in range(4))
        said.append(next((text for run in runs if not (text := bytewise(run)).endswith(UNDECODED)), ""))
    return said


def merged(text: str, merges: Sequence[bytes]) -> list[bytes]:
    """The text in a byte-level vocabulary: single bytes, and these merged, in the order in which they were learnt."""
    tokens = [bytes([byte]) for byte in text.encode()]
    for merge in merges:
        at = 0
        while at + 1 < len(tokens):
            if tokens[at] + tokens[at + 1] == merge:
                tokens[at : at + 2] = [merge]
            at += 1
    return tokens


def learnt_merges(text: str, count: int) -> list[bytes]:
    """Byte pairs that are frequent in the text, as a byte-level vocabulary learns them."""
    tokens, merges = [bytes([byte]) for byte in text.encode()], []
    for _ in range(count):
        pairs = [first + second for first, second in pairwise(tokens)]
        merges.append(max(pairs, key=lambda pair: (pairs.count(pair), pair)))
        tokens = merged(text, merges)
    return merges


# --- reading them ---------------------------------------------------------------------------------------------------


def scored(said: Sequence[str]) -> list[ScoredToken | None]:
    """A whole prompt backwards, each token with its place for its score."""
    tokens = [ScoredToken(piece, -float(at), at, 0.0) for at, piece in enumerate(said)]
    return [*reversed(tokens), None]


def aligned(said: Sequence[str], before: str, text: str) -> tuple[ReadToken, ...]:
    prompt = [token.decode() for token in PROMPT]
    return align(scored([*prompt, *said]), Excerpt(before, text))


def spelled(before: str, text: str, tokens: Bytes) -> dict[int, tuple[int, int]]:
    """By its number in the prompt, of each token that has a character of the text: which of them its bytes belong to,
    the blanks before an answer left out."""
    sent, joint = before + text, len(before)
    least = max(joint, len(sent) - len(sent.lstrip()))
    owned = enumerate(characters_of(tokens), len(PROMPT))
    return {number: (max(start, least) - joint, end - joint) for number, (start, end) in owned if end > least}


@st.composite
def cut_anywhere(draw: st.DrawFn) -> tuple[str, str, Bytes]:
    """A text with what is before it, and its bytes cut anywhere, as if by some byte-level vocabulary."""
    before, text = draw(any_texts), draw(any_texts)
    sent = (before + text).rstrip().encode()
    cuts = sorted(draw(st.sets(st.integers(1, max(len(sent) - 1, 1)))))
    ends = [0, *(cut for cut in cuts if cut < len(sent)), len(sent)]
    return before, text, [sent[start:end] for start, end in pairwise(ends) if end > start]


@given(cut_anywhere())
@example(("", "\ufffd€", [b"\xef\xbf", b"\xbd\xe2\x82", b"\xac"]))
@example(("the\x80", "\x80\ufffd", [b"t", b"h", b"e", b"\xc2", b"\x80", b"\xc2\x80\xef\xbf\xbd"]))
@example(("a.", "a\ufffda", [b"a", b".a\xef\xbf", b"\xbda"]))
@example(("", "\u4f60\u597d", [b"\xe4\xbd", b"\xa0\xe5\xa5\xbd"]))
def test_no_token_is_ever_given_characters_that_lack_its_own(cut: tuple[str, str, Bytes]) -> None:
    before, text, tokens = cut
    try:
        read = aligned(said_of_bytes(tokens), before, text)
    except Undecoded:
        return

    given_to = {token.rank: (token.start, token.end) for token in read}
    for number, (start, end) in spelled(before, text, tokens).items():
        assert given_to[number][0] <= start
        assert given_to[number][1] >= end


@given(texts, texts, st.sets(st.sampled_from([*WORDS, *EMOJI, " the", "a", "b", "ab"])))
def test_with_a_byte_fallback_every_token_has_exactly_its_characters(
    before: str, text: str, vocabulary: set[str]
) -> None:
    tokens = fallen_back((before + text).rstrip(), frozenset(vocabulary))

    read = aligned(said_of_fallback(tokens), before, text)

    assert {token.rank: (token.start, token.end) for token in read} == spelled(before, text, tokens)


@given(texts, texts, st.integers(0, 60))
def test_with_a_byte_level_vocabulary_every_token_of_whole_characters_has_exactly_these(
    before: str, text: str, count: int
) -> None:
    tokens = merged((before + text).rstrip(), MERGES[:count])
    try:
        read = aligned(said_of_bytes(tokens), before, text)
    except Undecoded:
        assert any(is_of_two_parts(token) for token in tokens)
        return

    given_to = {token.rank: (token.start, token.end) for token in read}
    for number, span in spelled(before, text, tokens).items():
        if UNDECODED not in lossy(tokens[number - len(PROMPT)]):
            assert given_to[number] == span


def is_of_two_parts(token: bytes) -> bool:
    """Whether it begins within a character and has more than that character's rest."""
    return lossy(token).startswith(UNDECODED) and len(token.lstrip(bytes(range(0x80, 0xC0)))) > 0


LEARNT_FROM = "the sea is the sea. def f(x): 你好, 你们好。好的。 한국 한국어 😀😀 👍🏽👍 é e\u0301 ไม่ 0.5 0.25 " * 2
MERGES = learnt_merges(LEARNT_FROM, 60)


@given(texts, texts)
def test_tokens_stand_in_the_order_of_the_text_and_leave_out_blanks_at_its_ends_only(before: str, text: str) -> None:
    tokens = fallen_back((before + text).rstrip(), frozenset(WORDS))

    read = aligned(said_of_fallback(tokens), before, text)

    assert [token.rank for token in read] == sorted(token.rank for token in read)
    covered = {at for token in read for at in range(token.start, token.end)}
    missing = [at for at in range(len(text)) if at not in covered]
    assert not "".join(text[at] for at in missing).strip()


# --- engines that tell the end of a prompt alone ----------------------------------------------------------------------


def aligned_end(
    said_of: Callable[[Bytes], list[str]], tokens: Bytes, excerpt: Excerpt, last: int
) -> tuple[ReadToken, ...]:
    """As from an engine that looks at no more than so many tokens at the end of its prompt, to decode them either."""
    prompt = [*PROMPT, *tokens]
    front = max(len(prompt) - last, 0)
    told = [ScoredToken(piece, -float(at), at, 0.0) for at, piece in enumerate(said_of(prompt[front:]), front)]
    return align([*reversed(told), *[None] * (front + 1)], excerpt)


@given(texts, texts, st.integers(4, 40))
def test_the_end_of_a_prompt_says_the_same_as_all_of_it_or_that_it_is_too_little(
    before: str, text: str, last: int
) -> None:
    tokens = fallen_back((before + text).rstrip(), frozenset(WORDS))
    try:
        read = aligned_end(said_of_fallback, tokens, Excerpt(before, text), last)
    except Untold:
        return

    assert read == aligned(said_of_fallback(tokens), before, text)


@given(cut_anywhere(), st.integers(4, 40))
@example(("you", "\u4f60\u597d", [b"you", b"\xe4\xbd", b"\xa0", b"\xe5\xa5", b"\xbd"]), 5)
@example(("you", "\u4f60\u597d", [b"you", b"\xe4\xbd", b"\xa0", b"\xe5\xa5", b"\xbd"]), 4)
def test_so_it_does_where_characters_are_cut(cut: tuple[str, str, Bytes], last: int) -> None:
    before, text, tokens = cut
    try:
        whole = aligned(said_of_bytes(tokens), before, text)
        end = aligned_end(said_of_bytes, tokens, Excerpt(before, text), last)
    except (Untold, Undecoded):
        return

    assert end == whole


@given(texts, texts)
def test_of_a_short_text_enough_is_asked_whatever_its_tokens_are(before: str, text: str) -> None:
    short = text.encode()[:64].decode(errors="ignore")
    tokens = [bytes([byte]) for byte in (before + short).rstrip().encode()]
    excerpt = Excerpt(before, short)

    read = aligned_end(said_of_fallback, tokens, excerpt, extent_of(excerpt))

    assert read == aligned(said_of_fallback(tokens), before, short)


def test_of_a_long_text_half_as_many_tokens_are_asked_as_it_has_bytes() -> None:
    assert extent_of(Excerpt("The sea. " * 500, "The tide. " * 100)) == 500 + 36


def test_where_more_than_these_are_needed_the_end_is_too_little() -> None:
    digits = Excerpt("", "0123456789" * 10)

    with pytest.raises(Untold):
        aligned_end(said_of_fallback, [bytes([byte]) for byte in digits.text.encode()], digits, extent_of(digits))


# --- ends and joints ------------------------------------------------------------------------------------------------


def spans(said: Sequence[str], before: str, text: str) -> list[tuple[int, int]]:
    return [(token.start, token.end) for token in aligned(said, before, text)]


def test_a_token_that_begins_before_the_text_begins_with_it() -> None:
    assert spans(["hel", "lo w", "orld"], "hello", " world") == [(0, 2), (2, 6)]


def test_what_is_before_the_text_is_not_read() -> None:
    assert spans(["The", " sea", "."], "The", " sea.") == [(0, 4), (4, 5)]


@pytest.mark.parametrize("said", [["\n ", "Well"], ["Well"], ["\n", " Well"], [" ", "Well"]])
def test_blanks_before_an_answer_are_read_neither_where_a_template_keeps_them_nor_where_it_cuts_them_off(
    said: Sequence[str],
) -> None:
    assert spans(said, "", "\n Well")[-1] == (2, 6)
    assert len(spans(said, "", "\n Well")) == 1


def test_blanks_between_what_is_before_and_the_text_are_read() -> None:
    assert spans(["One.", "\n\n", "Two."], "One.", "\n\nTwo.") == [(0, 2), (2, 6)]


def test_blanks_behind_a_text_are_not_read() -> None:
    assert spans(["One", "."], "", "One.\n\n") == [(0, 3), (3, 4)]


@pytest.mark.parametrize(("before", "text"), [("", ""), ("One.", ""), ("One.", " \n"), ("", "\n"), (" ", " ")])
def test_of_blanks_alone_nothing_is_read(before: str, text: str) -> None:
    assert spans(["One."], before, text) == []


def test_the_first_token_may_hold_the_end_of_what_a_template_says() -> None:
    assert spans([": Well", " then"], "", "Well then") == [(0, 4), (4, 9)]


@pytest.mark.parametrize("said", [["a ", "  ", " ", "b"], ["a\u2581", " \u2581", "\u2581", "b"]])
def test_a_text_may_hold_the_mark_by_which_a_vocabulary_writes_a_space(said: Sequence[str]) -> None:
    assert spans(said, "", "a\u2581 \u2581\u2581b") == [(0, 2), (2, 4), (4, 5), (5, 6)]


def test_pieces_of_one_character_each_have_all_of_it() -> None:
    assert spans(["a", "", "", "", "😀", "b"], "", "a😀b") == [(0, 1), (1, 2), (1, 2), (1, 2), (1, 2), (2, 3)]


def test_pieces_are_told_from_the_characters_before_them() -> None:
    assert spans(["", "", "你", "", "", "好"], "你", "好") == [(0, 1)] * 3


@pytest.mark.parametrize("said", [["x", "", "", "", " y"], ["x", "", " y"]], ids=["in bytes", "in one token"])
def test_a_text_with_the_character_that_stands_for_none_is_not_aligned(said: Sequence[str]) -> None:
    with pytest.raises(Undecoded):
        aligned(said, "", "x\ufffd y")


def test_it_may_stand_before_the_text() -> None:
    assert spans(["x", "", "", "", " y", "z"], "x\ufffd y", "z") == [(0, 1)]


@pytest.mark.parametrize(
    "said",
    [
        ["Hallo"],
        ["hello", "<turn|>"],
        ["hello", ""],
        ["ello"],
        ["\ufffdello"],
        [],
    ],
    ids=["another text", "something behind it", "nothing behind it", "less", "not decoded", "nothing"],
)
def test_what_does_not_spell_the_text_is_not_aligned(said: Sequence[str]) -> None:
    with pytest.raises(Unaligned):
        align(scored(said), Excerpt("", "hello"))


def test_no_more_of_a_prompt_is_taken_than_the_text_needs() -> None:
    taken: list[str] = []

    def backwards() -> Iterator[ScoredToken]:
        for piece in [" end", " the", " and", " more"]:
            taken.append(piece)
            yield ScoredToken(piece, 0.0, 1, 0.0)

    align(backwards(), Excerpt("and", " the end"))

    assert taken == [" end", " the", " and"]


def test_scores_stay_with_their_tokens() -> None:
    said = [ScoredToken("b", -2.5, 7, -0.25), ScoredToken("a", -0.5, 1, -0.5)]

    assert align(said, Excerpt("", "ab")) == (ReadToken(0, 1, -0.5, 1, -0.5), ReadToken(1, 2, -2.5, 7, -0.25))
