"""What the words of a prompt ask the form of an answer to be. Pure, and bounded: only head and tail are read."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from router.core.checks.written import Brief

HEAD, TAIL = 1_500, 1_000
"""Characters read of a prompt: instructions stand before or behind their material."""

_JSON: Final = re.compile(
    r"\b(?:as|in|into|to|valid|only|strict|raw|pure|minified|compact|single|plain|return|output|produce|generate|emit"
    r"|with|write|create|reply|respond)(?: me)?(?: just| only)?(?: an?| the)?(?: [a-z-]{3,12})? json\b(?!\.|p\b"
    r"| schema|-schema)"
    r"|\bjson (?:only|object|array|list|format|with the (?:keys|fields)|with keys)\b"
    r"|\b(?:als|en|au format|im|formato|in formato|como|come|em) json\b"
    r"|(?:json|JSON) ?(?:格式|で|形式|으로|형식)|в (?:формате|виде) json\b"
)
_NOT_JSON: Final = re.compile(
    r"\b(?:function|script|program|method|class|endpoint|api|parser?|regex|explain|how (?:do|can|to)|what (?:is|are)"
    r"|why|difference|python|javascript|typescript|java|golang|rust|sql|yaml|csv|xml|toml|code|from json|don't|do not"
    r"|not json|no json|instead of json|serializ\w+|convert (?:this |the )?json)\b"
)
_QUESTION: Final = re.compile(
    r"\b(?:how (?:do|does|can|to|would|should)|what (?:is|are|does)|why|explain" r"|difference)\b"
)
_ONLY_JSON: Final = re.compile(
    r"\bonly (?:the |a |an |with |in )?(?:valid |raw |single )?json\b|\bjson only\b|\bvalid json\b"
    r"|\bas (?:a )?json object\b"
    r"|\b(?:return|respond|reply|answer|output)\b[^.\n]{0,40}\bjson\b"
)
_NAMED: Final = re.compile(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?)\b(?: (?:named|called|are|of|should be|must be"
    r"|exactly))?[: ]{1,3}"
    r"(?P<names>[\"'`]?[A-Za-z_]\w{0,40}[\"'`]?(?: ?\([^()\n]{1,60}\))?"
    r"(?:(?:, ?(?:and )?| and | & )[\"'`]?[A-Za-z_]\w{0,40}[\"'`]?(?: ?\([^()\n]{1,60}\))?){0,20})"
)
_NAME: Final = re.compile(r"[\"'`]?([A-Za-z_]\w{0,40})[\"'`]?(?: ?\([^()\n]{1,60}\))?(?:, ?(?:and )?| and | & |$)")
_SHAPE: Final = re.compile(
    r"\b(?:format|schema|shape|structure|form|template|like this|keys"
    r"|fields)\b[^{}\n]{0,40}\s{0,4}(?:```(?:json)?\s)?\s{0,4}"
    r"\{(?P<shape>[^{}]{2,600})\}"
)
_SHAPE_KEY: Final = re.compile(r"[\"']([A-Za-z_]\w{0,40})[\"']\s?:")
_OPTIONAL: Final = re.compile(
    r"\b(?:optional|if (?:any|known|present|available|there)|when (?:known|available)|omit|leave out)\b", re.IGNORECASE
)
_NO_NAMES: Final = frozenset(
    "for from in of with that the a an each which where as is it to you this no and or only".split()
)


def words_of(brief: "Brief") -> str:
    """The part of a prompt where its instructions stand."""
    prompt = brief.prompt
    return prompt if len(prompt) <= HEAD + TAIL else f"{prompt[:HEAD]}\n{prompt[-TAIL:]}"


def asks_json(brief: "Brief") -> bool:
    """Whether the answer is to be JSON, by a parameter or in words that mean nothing else."""
    if brief.wants_json or brief.json_schema is not None:
        return True
    words = words_of(brief).lower()
    if "json" not in words or not _JSON.search(words) or _QUESTION.search(words):
        return False
    return bool(_ONLY_JSON.search(words)) and not _asks_code(words) if _NOT_JSON.search(words) else True


def named_keys(brief: "Brief") -> tuple[str, ...]:
    """The keys that a prompt which asks for JSON names for it: those of a list, or of an object shown as its shape."""
    words = words_of(brief)
    if _OPTIONAL.search(words):
        return ()
    shape = _SHAPE.search(words)
    if shape:
        return tuple(_SHAPE_KEY.findall(shape["shape"]))
    found = _NAMED.search(words)
    if not found:
        return ()
    names = _NAME.findall(found["names"])
    return tuple(names) if _NO_NAMES.isdisjoint([name.lower() for name in names]) else ()


_CODE: Final = re.compile(
    r"\b(?:write|implement|create|give|show|fix|complete|refactor|generate|code|provide|build|define|add|need|debug)\b"
    r"[^.\n]{0,80}\b(?:function|script|program|class|method|code|snippet|query|endpoint|regex|component|module"
    r"|test|tests"
    r"|decorator|generator|cli|dockerfile|makefile|python|javascript|typescript|sql|api|parser)\b"
)


def _asks_code(words: str) -> bool:
    return _CODE.search(words) is not None


def asks_code(brief: "Brief") -> bool:
    """Whether the answer is to be code."""
    return brief.task in ("code_generation", "code_edit") or _asks_code(words_of(brief).lower())
