"""Checks of what no answer should hold whatever it is about: nothing at all, and marks that only engines use."""

import re
from typing import Final

from router.core.checks.asked import FULL_ANSWER, SHORT_ANSWER, SIGN, TOKENS, asks_for
from router.core.checks.check import EVERYWHERE, Check, Limits, at_the_end
from router.core.checks.prose import without_code
from router.core.checks.tongues import is_small
from router.core.checks.written import STOP_STRING, Written
from router.core.verdict import evidence

SPECIAL = re.compile(
    r"<(?:pad|unk|bos|eos|mask|unused\d{1,4}|start_of_turn|end_of_turn|start_of_image|image_soft_token|/?s)>"
    r"|<\|(?:mask|pad|endoftext|eot_id|end_of_text|im_start|im_end|begin_of_text|turn|image|audio)\|?>|<turn\|>"
    r"|\[(?:MASK|PAD|UNK|CLS|SEP)\]|<\uff5c[^\uff5c\n]{1,40}\uff5c>"
)
"""Special tokens of Gemma's vocabulary, and of others that turn up in its place."""

CHANNEL = re.compile(r"<\|channel\|?>|<channel\|>|<\|(?:message|think|analysis|final)\|?>|</?think(?:ing)?>")
"""Marks around what is thought and not said."""

RAW_CALL = re.compile(
    r"<\|?/?tool_(?:call|response|calls)\|?>|<\|?tool\|?>|<(?:start|end)_function_call>|\[/?TOOL_CALLS\]|<\|?python_tag\|?>"
)
"""Marks around calls of tools, which are for the engine to read."""

_INLINE = re.compile(r"`[^`\n]{1,200}`")
_STRUCK = re.compile(r"<s>[^<\n]{0,200}</s>")
_HTML = re.compile(
    r"</?(?:p|div|li|ul|ol|td|tr|table|br|b|i|em|strong|span|del|html|body|h[1-6]|a|code|pre)\b[^<>]{0,80}>"
)
_OPENED = re.compile(r"`{3}\w*")
_RUN = re.compile(r"(<[^<>\s]{1,24}>)(?:\s*\1){2}")
_TERSE_CHARS = 15
_DENSE = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DENSE_CHARS = 4
"""So many characters are still terse where a character stands for a syllable or a word."""


def is_empty(written: Written, _limit: float) -> str | None:
    """A whole answer without text and without a tool call."""
    if written.whole.strip() or written.calls or written.finish == STOP_STRING:
        return None
    return f"no text, and the finish {written.finish or 'unknown'}"


def is_terse(written: Written, _limit: float) -> str | None:
    """A whole answer of a single word, or of signs alone, to a prompt that asks for sentences."""
    answer = written.whole.strip()
    if not answer or written.calls or written.was_cut or not _is_one_token(answer):
        return None
    if not any(map(str.isalnum, answer)) and answer.isascii():
        return None if asks_for(written.brief, SIGN) else f"only {evidence(answer)}"
    is_short = asks_for(written.brief, SHORT_ANSWER)
    if _OPENED.fullmatch(answer) or (
        not is_short and ((len(answer) > 1 and is_small(answer)) or asks_for(written.brief, FULL_ANSWER))
    ):
        return f"only {evidence(answer)}"
    return None


def has_special_tokens(written: Written, _limit: float) -> str | None:
    """A special token in the text, not where the answer is about such tokens or about HTML."""
    return _mark(SPECIAL, written)


def has_channel_marks(written: Written, _limit: float) -> str | None:
    """A mark of thinking in the text."""
    return _mark(CHANNEL, written)


def has_raw_calls(written: Written, _limit: float) -> str | None:
    """A mark of a tool call in the text."""
    return _mark(RAW_CALL, written)


def holds_angles(written: Written) -> bool:
    """Whether there may be a mark at all."""
    return "<" in written.text or "[" in written.text


def _is_one_token(answer: str) -> bool:
    if any(map(str.isspace, answer)):
        return False
    return len(answer) <= (_DENSE_CHARS if _DENSE.search(answer) else _TERSE_CHARS)


def _mark(marks: re.Pattern[str], written: Written) -> str | None:
    if marks.search(written.text) is None:
        return None
    said = written.text
    if asks_for(written.brief, TOKENS) or TOKENS.search(_INLINE.sub(" ", without_code(marks.sub(" ", said)))):
        said = _INLINE.sub(" ", without_code(said, written.lately))
    if "<s>" in said and _HTML.search(said):
        said = _STRUCK.sub(" ", said)
    asked = written.brief.prompt + written.brief.context
    if marks.search(asked) is not None:
        run = _RUN.search(said)
        return evidence(run.group()) if run else None
    for found in marks.finditer(said):
        if found.group() not in asked:
            return evidence(found.group())
    return None


_SHORT_OF_SENTENCES: Final[Limits] = {"standard": 0.0, "strict": 0.0}

ROWS: Final = (
    Check("empty", "no text at all", 0.2, at_the_end, is_empty, EVERYWHERE),
    Check("terse", "one word where sentences are asked for", 0.4, at_the_end, is_terse, _SHORT_OF_SENTENCES),
    Check("special_tokens", "tokens that only engines use", 6.0, holds_angles, has_special_tokens, EVERYWHERE),
    Check("channel", "marks of thinking in the text", 1.0, holds_angles, has_channel_marks, EVERYWHERE),
    Check("raw_tool_call", "a tool call as text", 1.0, holds_angles, has_raw_calls, EVERYWHERE),
)
