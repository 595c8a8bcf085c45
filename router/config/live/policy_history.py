"""Earlier versions of policies, and the notes that a replica goes by: in memory, and in a folder if there is one, so
that both outlive a restart. What cannot be read or written is an error in the log and nothing else."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Raw, Struct

from router.config.live.policy_notes import Note, Notes, decode, encode
from router.core.errors import InvalidRequest

KEPT = 10
"""Versions of each policy that are kept."""

NOTES_FILE = "_notes.json"
"""No policy has this name."""

_NULL = Raw(b"null")

_log = logging.getLogger(__name__)

Content = TypeVar("Content")


class Version(Struct, frozen=True):
    """A version of a policy that went live: what its files said (`cases` None: it had none), and when it last went
    live, in Unix time."""

    version: str
    text: str
    cases: str | None
    live_at_s: float


class Past(Struct, frozen=True):
    """The `versions` of one policy that are kept, in the order in which its file brought them, the latest last. `live`
    is the one that went live last."""

    live: str | None = None
    versions: tuple[Version, ...] = ()

    def came(self, version: Version) -> "Past":
        """After the policy's file has brought this version."""
        others = [each for each in self.versions if each.version != version.version]
        return Past(version.version, (*others, version)[-KEPT:])

    def returned(self, version: Version) -> "Past":
        """After the policy was set back to this version, which keeps its place among the others. One that is not
        known here is earlier than all of them."""
        known = self.versions
        if all(each.version != version.version for each in known):
            known = (version, *known[1 - KEPT :])
        kept = [version if each.version == version.version else each for each in known]
        return Past(version.version, tuple(kept))

    def before(self, active: str) -> Version:
        """The version whose place is before that of the active one. Raises InvalidRequest when there is none."""
        place = next((at for at, each in enumerate(self.versions) if each.version == active), 0)
        if place == 0:
            raise InvalidRequest(f"no version before {active} is known to this replica", "to")
        return self.versions[place - 1]

    def find(self, named: str) -> Version:
        """The one version that goes by this: `name@hash`, or the hash, or the beginning of either as far as it is the
        only one. Raises InvalidRequest."""
        found = [each for each in self.versions if named and _goes_by(each.version, named)]
        if len(found) == 1:
            return found[0]
        problem = "means more than one version" if found else "is no version that is known to this replica"
        listed = ", ".join(each.version for each in reversed(found or self.versions))
        raise InvalidRequest(f"{named[:100]!r} {problem}: {listed or 'none'}", "to")


def _goes_by(version: str, named: str) -> bool:
    return version.startswith(named) if "@" in named else version.partition("@")[2].startswith(named)


class _KeptNotes(Struct, frozen=True):
    """See `Notes`; a note that was taken down is null."""

    own: dict[str, Raw] = {}
    board: dict[str, Raw] = {}


class History:
    """The past of each policy, and the notes."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._past: dict[str, Past] = {}
        kept = self._read(NOTES_FILE, _KeptNotes())
        own: dict[str, Note | None] = {key: None for key, raw in kept.own.items() if raw == _NULL}
        self._notes = Notes({**own, **decode(_present(kept.own))}, decode(_present(kept.board)))

    @property
    def notes(self) -> Notes:
        """The notes, as they were last kept."""
        return self._notes

    def keep_notes(self, notes: Notes) -> None:
        """Keeps these in the place of the others."""
        if notes != self._notes:
            self._notes = notes
            own = {key: _NULL if note is None else Raw(encode(note)) for key, note in notes.own.items()}
            self._write(NOTES_FILE, _KeptNotes(own, {key: Raw(encode(note)) for key, note in notes.board.items()}))

    def past(self, policy: str) -> Past:
        """What is known of a policy."""
        if policy not in self._past:
            self._past[policy] = self._read(f"{policy}.json", Past())
        return self._past[policy]

    def keep_past(self, policy: str, past: Past) -> None:
        """Keeps this in the place of what was known."""
        self._past[policy] = past
        self._write(f"{policy}.json", past)

    def _read(self, name: str, nothing: Content) -> Content:
        if self._folder is None:
            return nothing
        path = self._folder / name
        try:
            return msgspec.json.decode(path.read_bytes(), type=type(nothing))
        except FileNotFoundError:
            return nothing
        except OSError as error:
            _log.error("%s cannot be read: %s; what it held is forgotten", path, error.strerror)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _log.error("%s is not a file of this kind: %s; what it held is forgotten", path, error)
        return nothing

    def _write(self, name: str, content: object) -> None:
        """Replaces the file in one step, so that a restart never meets half of it."""
        if self._folder is None:
            return
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(name + ".new")
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
            beside.replace(path)
        except OSError as error:
            _log.error("%s cannot be written: %s; a restart will not know it", path, error.strerror)


def _present(notes: Mapping[str, Raw]) -> dict[str, bytes]:
    return {key: bytes(raw) for key, raw in notes.items() if raw != _NULL}
