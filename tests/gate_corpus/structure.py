"""Corruptions of what has a syntax: JSON, tool calls, code, fences, tokens of the engine's own."""

import ast
import json
import random
import re
import sqlite3
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.gate_corpus.corruption import TEXT, Corruption, changed, is_whole, units
from tests.gate_corpus.rows import Row

SPECIAL_TOKENS: Final = (
    "<pad>",
    "<mask>",
    "<unused17>",
    "<end_of_turn>",
    "<start_of_turn>",
    "<eos>",
    "<unk>",
    "<|im_end|>",
)
THOUGHTS: Final = (
    "The user asks for something simple. I should answer briefly and not mention that I looked it up.",
    "Okay, what do we know? Three facts. Let me order them, then write the answer without headings.",
    "Need to decide on the tone. Friendly. First sentence: the point. Then one reason, then stop.",
)
RAW_CALLS: Final = (
    '<|tool_call>call:get_weather{city:<|"|>Tallinn<|"|>}<tool_call|>',
    '<|tool_call>call:search{query:<|"|>opening hours<|"|>,limit:3}',
    '<|tool_call>{"name": "add_event", "arguments": {"title": "Dentist"}}<tool_call|>',
)


def special_token(row: Row, draw: random.Random) -> Row | None:
    """A token of the engine's own amid the text."""
    words = units(row)
    if len(words) < 6:
        return None
    words.insert(draw.randrange(1, len(words)), " " + draw.choice(SPECIAL_TOKENS))
    return changed(row, text="".join(words))


def padded_out(row: Row, draw: random.Random) -> Row | None:
    """The rest of the canvas left as it was."""
    words = units(row)
    if len(words) < 10:
        return None
    kept = words[: draw.randrange(3, len(words))]
    return changed(row, text="".join(kept) + draw.choice(("<pad>", "<mask>")) * draw.randint(8, 40))


def leaked_thought(row: Row, draw: random.Random) -> Row | None:
    """What was thought stands before what is said, in the engine's own marks."""
    if row.get("before"):
        return None
    return changed(row, text=f"<|channel>thought\n{draw.choice(THOUGHTS)}\n<channel|>{row['text']}")


def unclosed_thought(row: Row, draw: random.Random) -> Row | None:
    """A thought that is opened and never closed."""
    if not is_whole(row):
        return None
    return changed(row, text=draw.choice(("<|channel>thought\n", "<|channel>analysis\n")) + draw.choice(THOUGHTS))


def raw_tool_call(row: Row, draw: random.Random) -> Row | None:
    """A tool call in the text, in the engine's own marks."""
    return changed(row, text=(row["text"] + "\n").lstrip() + draw.choice(RAW_CALLS), calls=[], finish="stop")


def json_dropped_sign(row: Row, draw: random.Random) -> Row | None:
    """One bracket, quote, comma or colon of a JSON value gone, so that it is none any more."""
    text = row["text"]
    places = [at for at, sign in enumerate(text) if sign in '{}[]",:']
    while places:
        at = places.pop(draw.randrange(len(places)))
        cut = text[:at] + text[at + 1 :]
        if not _parses_as_json(cut):
            return changed(row, text=cut)
    return None


def json_cut_short(row: Row, draw: random.Random) -> Row | None:
    """A JSON value that ends too early."""
    text = row["text"]
    cut = text[: int(len(text) * draw.uniform(0.35, 0.9))]
    return None if _parses_as_json(cut) or len(text) < 20 else changed(row, text=cut)


def json_missing_key(row: Row, draw: random.Random) -> Row | None:
    """A required key left out."""
    value = _schema_object(row)
    if value is None:
        return None
    gone = draw.choice(row["json_schema"]["required"])
    return changed(row, text=json.dumps({key: value[key] for key in value if key != gone}, ensure_ascii=False))


def json_wrong_type(row: Row, draw: random.Random) -> Row | None:
    """A required key with a value of another type."""
    value = _schema_object(row)
    if value is None:
        return None
    key = draw.choice(row["json_schema"]["required"])
    return changed(row, text=json.dumps({**value, key: _of_another_type(value[key])}, ensure_ascii=False))


def prose_for_json(row: Row, draw: random.Random) -> Row | None:
    """Talk where JSON was asked for."""
    if not row.get("wants_json"):
        return None
    opening = draw.choice(
        ("Of course! Here is what I found: ", "The result is as follows. ", "Sure, let me describe it: ")
    )
    return changed(row, text=opening + re.sub(r'[{}\[\]"]', "", row["text"]))


def tool_unknown(row: Row, draw: random.Random) -> Row | None:
    """A call of a tool that nobody offered."""
    if not row.get("calls"):
        return None
    name = draw.choice((row["calls"][0]["name"] + "_v2", "getwheather", "browser.open", "functions.lookup"))
    return changed(row, calls=[{**row["calls"][0], "name": name}])


def tool_bad_arguments(row: Row, draw: random.Random) -> Row | None:
    """A call without what its tool requires, or of the wrong type, or with arguments that are no JSON."""
    call = next((call for call in row.get("calls", []) if call["arguments"] != "{}"), None)
    if call is None:
        return None
    given = json.loads(call["arguments"])
    required = row["tools"][call["name"]]["required"]
    key = draw.choice(required)
    wrong = draw.choice(
        (
            json.dumps({name: given[name] for name in given if name != key}),
            json.dumps({**given, key: _of_another_type(given[key])}),
            call["arguments"][: -draw.randint(1, 9)],
        )
    )
    return changed(row, calls=[{**call, "arguments": wrong}])


def fence_left_open(row: Row, draw: random.Random) -> Row | None:
    """A block of code that is opened and never closed."""
    text = row["text"]
    if text.count("```") != 2 or not is_whole(row):
        return None
    return changed(row, text=text[: text.rindex("```")].rstrip() + draw.choice(("", "\n")))


def bracket_left_open(row: Row, draw: random.Random) -> Row | None:
    """Code whose last closing brackets are missing."""
    text = row["text"]
    ends = [found.start() for found in re.finditer(r"[)}\]]", text)]
    if len(ends) < 2 or "```" not in text or not is_whole(row) or re.search(r"```(bash|haskell|latex|yaml)", text):
        return None
    for at in reversed(ends[-draw.randint(1, 2) :]):
        text = text[:at] + text[at + 1 :]
    return changed(row, text=text)


def python_mangled(row: Row, draw: random.Random) -> Row | None:
    """Python that does not parse: a colon, bracket or quote gone, a line at a wrong indent, a keyword broken."""
    return _mangle(row, draw, "python", _parses_as_python, (_drop_sign, _shift_line, _break_word))


def sql_mangled(row: Row, draw: random.Random) -> Row | None:
    """SQL that does not parse."""
    return _mangle(row, draw, "sql", _parses_as_sql, (_drop_sign, _break_word))


def yaml_mangled(row: Row, draw: random.Random) -> Row | None:
    """YAML that does not parse."""
    return _mangle(row, draw, "yaml", _parses_as_yaml, (_drop_sign, _shift_line))


def _mangle(row: Row, draw: random.Random, language: str, parses: Any, ways: tuple[Any, ...]) -> Row | None:
    found = re.search(rf"```{language}\n(.*?)\n```", row["text"], re.DOTALL)
    if found is None or not parses(found[1]):
        return None
    for _ in range(60):
        code = draw.choice(ways)(found[1], draw)
        if not parses(code):
            return changed(row, text=row["text"].replace(found[1], code))
    return None


def _drop_sign(code: str, draw: random.Random) -> str:
    at = draw.choice([at for at, sign in enumerate(code) if sign in "()[]{}:,\"'"] or [0])
    return code[:at] + code[at + 1 :]


def _shift_line(code: str, draw: random.Random) -> str:
    lines = code.split("\n")
    at = draw.randrange(1, len(lines)) if len(lines) > 1 else 0
    lines[at] = " " * draw.choice((1, 3, 5)) + lines[at]
    return "\n".join(lines)


def _break_word(code: str, draw: random.Random) -> str:
    found = draw.choice(list(re.finditer(r"\b[A-Za-z]{3,}\b", code)))
    return code[: found.start() + 2] + " " + code[found.start() + 2 :]


def _parses_as_json(text: str) -> bool:
    body = re.sub(r"^```(?:json)?\n|\n```$", "", text.strip())
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _parses_as_python(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _parses_as_sql(code: str) -> bool:
    """SQLite tells what it cannot parse from what it does not know by the words of its message."""
    try:
        sqlite3.connect(":memory:").execute(code)
    except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
        return not re.search(r"syntax error|unrecognized token|incomplete", str(error))
    return True


def _parses_as_yaml(code: str) -> bool:
    try:
        YAML(typ="safe").load(code)
    except YAMLError:
        return False
    return True


def _schema_object(row: Row) -> dict[str, Any] | None:
    if not is_whole(row) or row.get("json_schema", {}).get("type") != "object":
        return None
    value: dict[str, Any] = json.loads(row["text"])
    return value


def _of_another_type(value: Any) -> Any:
    return ["none"] if isinstance(value, str | bool | int | float) else "several"


_SPEECH = TEXT | {"translation", "rewrite", "maths", "choice"}
_JSON, _CODE = frozenset({"json"}), frozenset({"code"})
_SHAPED = frozenset({"code", "html", "csv", "json", "log"})

ROWS: Final = (
    Corruption("special_token", "special_tokens", _SPEECH | {"code", "table"}, special_token),
    Corruption("padded_out", "special_tokens", _SPEECH, padded_out),
    Corruption("leaked_thought", "leaked_thought", _SPEECH | {"short"}, leaked_thought),
    Corruption("unclosed_thought", "leaked_thought", _SPEECH, unclosed_thought),
    Corruption("raw_tool_call", "raw_tool_call", frozenset({"tool", "prose", "short"}), raw_tool_call),
    Corruption("json_dropped_sign", "json", _JSON, json_dropped_sign),
    Corruption("json_cut_short", "json", _JSON, json_cut_short),
    Corruption("json_missing_key", "schema", _JSON | {"extraction"}, json_missing_key),
    Corruption("json_wrong_type", "schema", _JSON | {"extraction"}, json_wrong_type),
    Corruption("prose_for_json", "json", _JSON, prose_for_json),
    Corruption("tool_unknown", "tool_call", frozenset({"tool"}), tool_unknown),
    Corruption("tool_bad_arguments", "tool_call", frozenset({"tool"}), tool_bad_arguments),
    Corruption("fence_left_open", "left_open", _SHAPED, fence_left_open),
    Corruption("bracket_left_open", "left_open", _CODE, bracket_left_open),
    Corruption("python_mangled", "code", _CODE, python_mangled),
    Corruption("sql_mangled", "code", _CODE, sql_mangled),
    Corruption("yaml_mangled", "code", _CODE, yaml_mangled),
)
