"""A decision log that is a folder: which files it holds, and what their names say.

    decisions-20261121T040708.123456-1f3a9c2e.jsonl       being written, or left behind by a router that died
    decisions-20261121T040708.123456-1f3a9c2e.jsonl.gz    closed
    decisions-20261121T040708.123456-1f3a9c2e.parquet     closed and compacted

The time is when it was opened (UTC), so that names sort by it; what follows is drawn at random, so that no two routers
ever write the same one. A file of a later form appears whole, by being renamed, and only then the earlier one goes:
where a crash left both, the later one counts.
"""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Final, Literal

from msgspec import Struct

from router.core.errors import FileError

Form = Literal["plain", "gzip", "parquet"]

SUFFIXES: Final[dict[Form, str]] = {"plain": ".jsonl", "gzip": ".jsonl.gz", "parquet": ".parquet"}
"""From the first form of a segment to its last."""

PART: Final = ".part"
"""What the name of a file ends in that is not whole yet."""

MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB

_FORMS: Final[dict[str, Form]] = {suffix: form for form, suffix in SUFFIXES.items()}
_RANKS: Final[dict[Form, int]] = {form: rank for rank, form in enumerate(SUFFIXES)}
_OPENED = "%Y%m%dT%H%M%S.%f"
_NAME = re.compile(r"(decisions-[0-9]{8}T[0-9]{6}\.[0-9]{6}-[0-9a-f]{8})(\.jsonl|\.jsonl\.gz|\.parquet)(\.part)?")


class Rotation(Struct, frozen=True):
    """When a segment is closed, by its size or its age (whichever comes first, at the next record), and how much the
    folder may hold: beyond `max_bytes` the oldest segments go."""

    segment_bytes: int = 64 * MIB
    segment_s: float = 3600.0
    max_bytes: int = 10 * GIB


class Folder(Struct, frozen=True):
    """Where segments are written."""

    path: Path
    rotation: Rotation = Rotation()


class Segment(Struct, frozen=True):
    """One file of the folder. `stem`: what its name keeps through all its forms."""

    path: Path
    stem: str
    form: Form
    is_part: bool = False

    def beside(self, form: Form) -> Path:
        """Where the same segment is in another form."""
        return self.path.with_name(self.stem + SUFFIXES[form])

    @property
    def opened_s(self) -> float:
        """Unix time at which it was begun."""
        return datetime.strptime(self.stem.split("-")[1], _OPENED).replace(tzinfo=UTC).timestamp()


def new_name(now_s: float) -> str:
    """The name of a segment that begins now, and of no other."""
    opened = datetime.fromtimestamp(now_s, UTC).strftime(_OPENED)
    return f"decisions-{opened}-{token_hex(4)}{SUFFIXES['plain']}"


def segment_at(path: Path) -> Segment | None:
    """What the file is by its name; None: no segment."""
    found = _NAME.fullmatch(path.name)
    return None if found is None else Segment(path, found[1], _FORMS[found[2]], found[3] is not None)


def every_file(folder: Path) -> Sequence[Segment]:
    """All files of segments, the unfinished and the superseded among them, the oldest first. Raises FileError."""
    try:
        with os.scandir(folder) as entries:
            found = [segment_at(Path(entry.path)) for entry in entries]
    except OSError as error:
        raise FileError(str(folder), 1, 1, f"cannot be read: {error.strerror}") from None
    return sorted([each for each in found if each is not None], key=lambda each: (each.stem, _RANKS[each.form]))


def segments_in(folder: Path) -> Sequence[Segment]:
    """The segments of a log, each once, the oldest first. Raises FileError."""
    return list({each.stem: each for each in every_file(folder) if not each.is_part}.values())
