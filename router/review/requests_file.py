"""Files of requests in, questions for policies out: prompts, bodies, or the lines of a decision log, be it a file or a
folder.

Files are read as a stream and nothing of them is kept, so that they may be larger than memory. A row that is no
request comes out as the error about it, in its place: whoever reads decides whether to go on.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Raw, Struct

from router.core.chat_request import Limits, read_request
from router.core.errors import CallerError, FileError
from router.core.model_names import AUTO
from router.core.situation import Question, Situation, reopen
from router.core.values import ChatRequest, Hints
from router.log.parquet_file import open_parquet, unreadable
from router.log.reader import BATCH_ROWS, count_lines, holds_lines, numbered_lines, record_lines

Asked = TypeVar("Asked")

COLUMN = "prompt"

LABEL_CHARS = 100
"""So much of a prompt is kept, to tell people which request is meant."""

_READ_CHARS = 400
_BYTE = re.compile(r" \(byte (\d+)\)")
_LIMITS = Limits()


class Row(Struct, frozen=True):
    """One request of a file. `number`: its line or row, from 1; `label`: how its last user turn begins, or its id in
    a log; `question`: None for one that was refused before any policy was asked; `is_logged`: it was met by a router,
    and what a log does not hold (`situation.UNRECORDED`, and the `request` itself) is not known of it."""

    number: int
    label: str
    question: Question | None
    is_logged: bool = False
    request: ChatRequest | None = None


Pose = Callable[[ChatRequest, Hints], Question | None]
"""What makes a question of a request, such as `Circumstances.question`; None: nothing but the request is wanted."""

Rows = Iterator[Row | FileError]


class _Line(Struct):
    """The fields that tell which kind of row a line is."""

    request_id: Raw = Raw()
    situation: Raw = Raw()
    request: Raw = Raw()
    messages: Raw = Raw()
    prompt: Raw = Raw()


_LINES = msgspec.json.Decoder(_Line)
_SITUATIONS = msgspec.json.Decoder(Situation | None)
_FIELDS = msgspec.json.Decoder(dict[str, Raw])
_TEXTS = msgspec.json.Decoder(str)


def read_requests(path: Path, pose: Pose) -> Rows:
    """The requests of a file, made questions of; the lines of a decision log are questions already.
    Raises FileError, when it is read, for a file that is of no known kind, or for what cannot be read."""
    return _reader(path)(path, pose)


def count_rows(path: Path) -> int:
    """How many rows the file has at most. Raises what `read_requests` raises."""
    _reader(path)
    return count_lines(path)


def read_one(name: str, body: bytes, pose: Callable[[ChatRequest, Hints], Asked]) -> Asked:
    """The request that these bytes are: the body of a chat completion, in which `model` may be left out; `name` is
    where they come from. Raises FileError."""
    try:
        return pose(*_read(_with_model(Raw(body))))
    except (CallerError, ValueError) as error:
        raise misread(name, 1, body, error) from None


def read_prompt(prompt: str, pose: Callable[[ChatRequest, Hints], Asked]) -> Asked:
    """The request that asks just this. Raises FileError."""
    try:
        return pose(*_read(_body_of(prompt)))
    except (CallerError, ValueError) as error:
        raise misread("--prompt", 1, b"", error) from None


def misread(name: str, line: int, raw: bytes, error: Exception) -> FileError:
    """What a decoder found wrong with text that begins on this line, at its place."""
    offset, said = _fault(error)
    before = raw[:offset]
    column = offset - (before.rfind(b"\n") + 1)
    return FileError(name, line + before.count(b"\n"), column + 1, f"is not a request: {said}")


def _fault(error: Exception) -> tuple[int, str]:
    """After how many bytes something is wrong, and what."""
    if isinstance(error, UnicodeDecodeError):
        return error.start, "the text is not UTF-8"
    said = error.message if isinstance(error, CallerError) else str(error)
    found = _BYTE.search(said)
    return (0, said) if found is None else (int(found[1]), _BYTE.sub("", said))


Reader = Callable[[Path, Pose], Rows]


def _reader(path: Path) -> Reader:
    if path.is_dir() or path.suffix == ".gz" or (path.suffix == ".parquet" and holds_lines(path)):
        return _read_log
    read = _READERS.get(path.suffix)
    if read is None:
        raise FileError(str(path), 1, 1, f"is of no known kind; expected a file that ends in {', '.join(_READERS)}")
    return read


def _read_txt(path: Path, pose: Pose) -> Rows:
    for number, line in numbered_lines(path):
        try:
            yield _posed(number, _body_of(line.decode().strip()), pose)
        except (CallerError, UnicodeDecodeError) as error:
            yield misread(str(path), number, line, error)


def _read_log(path: Path, pose: Pose) -> Rows:
    for line in record_lines(path):
        try:
            yield _row_of(line.number, line.text, pose)
        except (CallerError, ValueError, RecursionError) as error:
            yield misread(line.file, line.number, line.text, error)


def _row_of(number: int, line: bytes, pose: Pose) -> Row:
    """Raises CallerError or ValueError."""
    fields = _LINES.decode(line)
    if fields.situation:
        situation = _SITUATIONS.decode(fields.situation)
        question = None if situation is None else reopen(situation)
        return Row(number, harmless(_TEXTS.decode(fields.request_id)), question, is_logged=True)
    if fields.request:
        return _posed(number, _with_model(fields.request), pose)
    if fields.messages:
        return _posed(number, _with_model(Raw(line)), pose)
    if fields.prompt:
        return _posed(number, _body_of(_checked(_TEXTS.decode(fields.prompt))), pose)
    raise ValueError("expected an object with `prompt`, `messages` or `request`, or a line of a decision log")


def _posed(number: int, body: bytes, pose: Pose) -> Row:
    """Raises CallerError."""
    request, hints = _read(body)
    return Row(number, _label_of(request), pose(request, hints), request=request)


def _read(body: bytes) -> tuple[ChatRequest, Hints]:
    return read_request(body, {}, _LIMITS)


def _label_of(request: ChatRequest) -> str:
    """How the last user turn begins, on one line."""
    asked = next((each for each in reversed(request.messages) if each.role == "user"), request.messages[-1])
    head = "".join([part.text or f"[{part.kind}]" for part in asked.parts])[:_READ_CHARS]
    line = harmless(" ".join(head.split()))
    return line if len(line) <= LABEL_CHARS else line[: LABEL_CHARS - 1].rstrip() + "…"


def harmless(text: str) -> str:
    """Without what could move a terminal's cursor or turn the direction of reading."""
    return text if text.isprintable() else "".join([each if each.isprintable() else "\ufffd" for each in text])


def _body_of(prompt: str) -> bytes:
    return msgspec.json.encode({"model": AUTO, "messages": [{"role": "user", "content": prompt}]})


def _with_model(body: Raw) -> bytes:
    return msgspec.json.encode({"model": AUTO, **_FIELDS.decode(body)})


def _checked(prompt: Any) -> str:
    if not isinstance(prompt, str) or not prompt.strip():
        raise ValueError(f"{COLUMN!r} must hold a text")
    return prompt


def _read_parquet(path: Path, pose: Pose) -> Rows:
    with open_parquet(path) as file:
        for number, prompt in enumerate(_column(path, file), 1):
            try:
                yield _posed(number, _body_of(_checked(prompt)), pose)
            except (CallerError, ValueError) as error:
                yield misread(str(path), number, b"", error)


def _column(path: Path, file: Any) -> Iterator[Any]:
    names = file.schema_arrow.names
    if COLUMN not in names:
        raise FileError(str(path), 1, 1, f"has no column {COLUMN!r}; there are: {', '.join(names)}")
    try:
        for batch in file.iter_batches(BATCH_ROWS, columns=[COLUMN]):
            yield from batch.column(0).to_pylist()
    except OSError as error:
        raise unreadable(path, error) from None


_READERS: Mapping[str, Reader] = {".txt": _read_txt, ".jsonl": _read_log, ".parquet": _read_parquet}
