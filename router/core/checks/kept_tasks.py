"""Which tasks keep numbers, names and addresses of their material as they are, told by the words of a prompt. Pure."""

import re
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from router.core.checks.written import Brief

Keeping = Literal["copies", "translates", "condenses", ""]
"""`copies`: the answer says what the material says (edits, extraction). `condenses`: it may also work something out."""

HEAD, TAIL = 240, 160
"""Characters of a prompt in which its instruction stands."""

MIN_SOURCE = 40
"""Bytes of a prompt below which there is no material to keep."""

_TASKS: Final[dict[str, Keeping]] = {
    "translation": "translates",
    "rewrite": "copies",
    "extraction": "copies",
    "summarise": "condenses",
}

_TRANSLATES: Final = re.compile(
    r"\btranslat|\bhow (?:do you|would you|to) say\b|\b(?:put|say|render) (?:this|that|it) in(?:to)? (?:french"
    r"|german|spanish"
    r"|italian|portuguese|dutch|russian|chinese|japanese|korean|turkish|arabic|hindi|polish|english|swedish|greek)"
    r"|\bübersetz|\btradu[cisz]|переве[дс]|翻译|翻譯|翻訳|번역|\bvertaal"
)
_CONDENSES: Final = re.compile(
    r"\bsummar|\btl;?dr\b|\bcondense|\bkey points\b|\bgist\b|\bmain points\b|\bin (?:one|two"
    r"|three) sentences?\b|\bzusammen|\brésum|\bresum|\briassum|\bsamenvat|总结|摘要|概括|要約"
    r"|요약|кратко"
    r"|\b(?:according to|based on|using only) (?:the|this) (?:text|passage|document|article|context|report"
    r"|email|following)"
    r"|\bshorten|\bheadline for|\bmeeting notes\b"
)
_COPIES: Final = re.compile(
    r"\bextract\b|\bpull (?:out )?(?:the|all|every|any)\b|\bcopy (?:the|all|every|out)\b|\bredraft|\bshorter version"
    r"|\b(?:quote|give me just|return only|output only) the\b|\bmore (?:formal|polite|concise|professional|friendly)"
    r"|\b(?:list|find|identify|pull out|get) (?:all|every)\b.{0,60}\b(?:mentioned|(?:from|in) (?:the"
    r"|this) (?:text|passage|email|"
    r"message|article|document|following|paragraph|note|log|report))\b|\bproofread|\brewrite\b"
    r"|\brephras|\breword|\bparaphras|\breformat|\brestate|\bcopy-?edit|\bcorrect (?:the|this|any|all|my)"
    r"|\bfix (?:the|any|all|my)"
    r" (?:typos?|grammar|spelling|punctuation|errors?)|\bpolish|\bedit (?:the|this|my)|\bimprove the (?:wording"
    r"|style|clarity)"
    r"|\bmake (?:this|the|it|my) .{0,40}(?:formal|polite|concise|clear|friendl|profession|shorter)|\b(?:convert"
    r"|turn|put|format|transform)"
    r" (?:this|the|these|it|following).{0,60}\b(?:in)?to\b|\bextrahier|\bkorrigier|\bumformulier|\bformuliere"
    r"|\bextrai|\bcorrig|\bréécri"
    r"|\breescrib|\breescrev|\bextra[ei]|\briscriv|提取|改写|润色|抽出|校正|추출|извлек|перепиш|исправ"
)
_STEMS: Final = (
    "transl say render quote copy pull redraft shorter formal polite concise professional friendly return output gist "
    "übers tradu переве 翻 번역 vertaal summar tldr tl;dr condens key zusammen résum resum "
    "riass samenvat 总结 摘要 概括 要約 요약 кратко according based using shorten headline meeting "
    "extra list find identify pull get proofread rewrit rephras reword paraphras reformat restat edit "
    "correct fix polish improv make convert turn put format transform korrig formulier corrig réécri "
    "reescr riscriv 提取 改写 润色 抽出 校正 추출 извлек перепиш исправ"
).split()
"""Of these, every prompt that the patterns find has one; they are slow."""

_CHANGES: Final = re.compile(
    r"\b(?:round(?:ed|ing)?|calculat\w*|comput(?:e|ing)|(?:total|sum|add)(?:led)? up|(?:the|an) (?:average|sum) of"
    r"|sum (?:the|all)|how (?:many|much|old|long)|count(?: the)?|updat\w+|increas\w+|decreas\w+|replac\w+"
    r"|chang(?:e|ing) (?:the|all|every|any)"
    r"|add (?:a|an|the|some|more|two|three|examples?|details?)|(?:to|in|into) (?:celsius|fahrenheit|kelvin"
    r"|kilomet\w+|miles"
    r"|metric|imperial|met(?:er|re)s|feet|inches|kilos?|kilograms?|pounds|grams|litres?|usd|eur|euros?|dollars|utc|gmt"
    r"|minutes|hours|days|seconds|percent\w*|24-hour|roman|words|digits|binary|hex\w*|base64)"
    r"|currency|time ?zones?|pseudonym\w*|anonymi\w*|redact\w*|fictional|invent|sequel|continue|imagine|(?:a"
    r"|short|new) stor(?:y|ies)|poem"
    r"|limerick|haiku|song|python|functions?|(?:the|this|my|some|write|fix) code|sql|query|script|solve)\b"
)
_CORRECTS: Final = re.compile(r"proofread|correct|fix|spelling|typo|grammar|korrig|corrig|校|исправ|polish")


_MATERIAL: Final = re.compile(r"[\"“„«»「『:：\n]|'\w[^'\n]{20}|/ ")  # noqa: RUF001
"""What sets material off from the instruction."""


def keeping_of(brief: "Brief") -> Keeping:
    """How an answer must keep its material; "" where it need not, or where the prompt asks to change it."""
    if len(brief.prompt[:MIN_SOURCE].encode("utf-8", "replace")) < MIN_SOURCE:
        return ""
    words = _instruction(brief)
    if brief.task not in _TASKS and not any([stem in words for stem in _STEMS]):  # noqa: C419 - faster
        return ""
    if _CHANGES.search(words):
        return ""
    return _TASKS.get(brief.task) or (_keeping_told_by(words) if _MATERIAL.search(brief.prompt) else "")


def _keeping_told_by(words: str) -> Keeping:
    if _TRANSLATES.search(words):
        return "translates"
    if _CONDENSES.search(words):
        return "condenses"
    return "copies" if _COPIES.search(words) else ""


def may_respell(brief: "Brief") -> bool:
    """Whether the task is to correct what was misspelt."""
    return _CORRECTS.search(_instruction(brief)) is not None


def _instruction(brief: "Brief") -> str:
    """The first and the last sentence of a prompt, in small letters."""
    prompt = brief.prompt.strip()
    head, tail = prompt[:HEAD].split("\n", 1)[0], prompt[-TAIL:].rsplit("\n", 1)[-1]
    first = _SENTENCE_END.split(head, maxsplit=1)[0]
    return f"{first}\n{tail if len(prompt) > HEAD and tail != prompt[-TAIL:] else ''}".lower()


_SENTENCE_END: Final = re.compile(r"(?<=[.:!?。：])\s|[。：]")  # noqa: RUF001
