"""Whether an answer that was to be JSON is JSON, of the schema and with the keys that were asked for."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import jsonschema_rs
import msgspec

from router.core.checks.check import EVERYWHERE, Check
from router.core.checks.json_progress import JsonProgress
from router.core.checks.passages import Code, find_code, has_fence
from router.core.checks.slips import is_misspelt
from router.core.checks.wanted_form import named_keys
from router.core.checks.written import Written
from router.core.verdict import evidence

LANGUAGES: Final = frozenset({"json", "", "jsonc", "json5", "jsonl", "ndjson"})
MAX_NODES = 20_000
"""Values of a document that are searched for keys."""

MIN_SIBLINGS = 3
"""Objects beside each other from which on it is plain which keys they share."""

_START: Final = re.compile(r"^[ \t]*[\[{]", re.MULTILINE)
_LINES: Final = re.compile(r"\b(?:jsonl|ndjson|json ?lines)\b", re.IGNORECASE)
_NOTHING: Final = object()


def is_to_be_json(written: Written) -> bool:
    """Whether JSON was asked for."""
    return written.brief.is_for_json and not (written.is_last and (written.calls or not written.whole.strip()))


def is_invalid(written: Written, _limit: float) -> str | None:
    """An answer that is not JSON, or a block after which it can no longer become JSON. Where only words asked for it,
    it may stand in a fence or between sentences; where a parameter did, the caller parses the answer as it is."""
    if not written.is_last:
        return _is_hopeless(written)
    if written.was_cut or _documents(written) is not None:
        return None
    return evidence(f"no valid JSON: {_fault(written)}")


def lacks_keys(written: Written, _limit: float) -> str | None:
    """A key that the prompt names and the answer does not have, or one that its siblings spell otherwise."""
    documents = _documents(written) or ()
    for document in documents:
        if (odd := _odd_key(document)) is not None:
            return evidence(odd)
    wanted = named_keys(written.brief)
    if not wanted or not documents or not any(documents):
        return None
    for each in (each for document in documents for each in _objects(document)):
        keys = {_folded(key) for key in each}
        missing = [name for name in wanted if _folded(name) not in keys]
        if missing and len(missing) * 2 <= len(wanted):
            return evidence(f"without {', '.join(missing)}")
    return None


def has_schema(written: Written) -> bool:
    """Whether a whole answer is to follow a schema."""
    return written.is_last and written.brief.json_schema is not None and bool(written.whole.strip())


def misses_schema(written: Written, _limit: float) -> str | None:
    """JSON that does not follow the schema that it was asked to; a schema that is none is nobody's fault here."""
    document = _decoded(written.whole)
    return None if document is _NOTHING else schema_fault(document, written.brief.json_schema or {})


def schema_fault(document: Any, schema: Mapping[str, Any]) -> str | None:
    """Where a document breaks a schema; None where it does not, or where nobody can tell. Looks nothing up outside."""
    try:
        validator = jsonschema_rs.validator_for(
            dict(schema), offline=True, pattern_options=jsonschema_rs.RegexOptions(), mask="…"
        )
    except (ValueError, jsonschema_rs.ReferencingError):
        return None
    for error in validator.iter_errors(document):
        place = "/".join(map(str, error.instance_path))
        return evidence(f"{place or 'the document'}: {error.message}")
    return None


def _is_hopeless(written: Written) -> str | None:
    if written.lead.length == 0 and written.text.lstrip()[:1] not in ("{", "["):
        return None if not written.brief.wants_json else _hopeless(JsonProgress().after(written.text))
    progress = written.lead.json.after(written.text)
    if progress.fault and not written.lead.json.fault and (written.brief.wants_json or not progress.is_whole):
        return _hopeless(progress)
    return None


def _hopeless(progress: JsonProgress) -> str | None:
    return evidence(progress.fault) if progress.fault else None


def _documents(written: Written) -> Sequence[Any] | None:
    """The JSON of an answer; None: there is none, or one is broken."""
    whole = written.whole
    document = _decoded(whole)
    if document is not _NOTHING:
        return (document,)
    if written.brief.wants_json:
        return None
    if has_fence(written) and (codes := [code for code in find_code(written, LANGUAGES) if _is_json(code)]):
        return _all_of([code.text for code in codes])
    if _LINES.search(written.brief.prompt[:4096]):
        return _all_of([line for line in whole.split("\n") if line.strip()])
    return _between_sentences(whole)


def _is_json(code: Code) -> bool:
    return bool(code.language) or code.text.lstrip()[:1] in ("{", "[")


def _all_of(texts: Sequence[str]) -> Sequence[Any] | None:
    documents: list[Any] = []
    for text in texts:
        document = _decoded(text)
        found = [document] if document is not _NOTHING else _lines_of(text)
        if found is None:
            return None
        documents.extend(found)
    return documents


def _lines_of(text: str) -> list[Any] | None:
    lines = [_decoded(line) for line in text.split("\n") if line.strip()]
    return None if len(lines) < 2 or _NOTHING in lines else lines


def _between_sentences(whole: str) -> Sequence[Any] | None:
    start = _START.search(whole)
    at = start.end() - 1 if start else whole.find("{")
    if at < 0:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(whole, at)
    except (ValueError, RecursionError):
        return None
    return (document,)


def _decoded(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _fault(written: Written) -> str:
    progress = JsonProgress().after(written.whole.strip())
    return progress.fault or ("it ends too early" if progress.open else "none at all")


def _objects(document: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a document, at most `MAX_NODES` values deep and wide."""
    queue, seen = [document], 0
    while queue and seen < MAX_NODES:
        seen += 1
        value = queue.pop()
        if isinstance(value, dict):
            yield value
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)


def _odd_key(document: Any) -> str | None:
    """A key of one of several objects beside each other where the others have one that it may be a slip of."""
    lists = [document] if isinstance(document, list) else []
    lists += [value for each in _objects(document) for value in each.values() if isinstance(value, list)]
    for items in lists:
        objects = [item for item in items if isinstance(item, dict)]
        if MIN_SIBLINGS <= len(objects) == len(items) and (odd := _odd_among(objects)) is not None:
            return odd
    return None


def _odd_among(objects: Sequence[Mapping[str, Any]]) -> str | None:
    counts = Counter(key for each in objects for key in each)
    usual = [key for key, count in counts.items() if count == len(objects) - 1]
    for each in objects:
        for missing in [key for key in usual if key not in each]:
            odd = [key for key in each if counts[key] == 1 and is_misspelt(key, missing)]
            if odd:
                return f"{odd[0]} for {missing}"
    return None


def _folded(key: str) -> str:
    return key.replace("_", "").replace("-", "").replace(" ", "").casefold()


def wants_keys(written: Written) -> bool:
    """Whether a whole answer is JSON that was asked for."""
    return written.is_last and is_to_be_json(written)


ROWS: Final = (
    Check("json", "no valid JSON where JSON was asked for", 10.0, is_to_be_json, is_invalid, EVERYWHERE),
    Check("json_keys", "keys that were asked for are missing or misspelt", 10.0, wants_keys, lacks_keys, EVERYWHERE),
    Check("json_schema", "JSON that does not follow its schema", 10.0, has_schema, misses_schema, EVERYWHERE),
)
