"""What replicas tell each other about policies: which version one is held at, and which candidates were stopped.

Notes stand under keys, at most one under each. What is in force is a function of the notes and of the files on disk,
whatever came first, so replicas that see the same agree. Pure, but for one line in the log.
"""

import logging
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace

HOLD = "hold:"
STOP = "stop:"

_log = logging.getLogger(__name__)


class Hold(Struct, frozen=True):
    """A policy stays at `version` as long as the one in its file is `away_from`. `text` and `cases` are what the files
    of the version held said; `cases` is None when it had none."""

    away_from: str
    version: str
    text: str
    cases: str | None

    @property
    def policy(self) -> str:
        """The name of the policy."""
        return self.version.partition("@")[0]

    @property
    def key(self) -> str:
        """What it stands under: there is one hold a policy."""
        return hold_key(self.policy)


class Stop(Struct, frozen=True):
    """The canary of `candidate`, which is a version, beside `policy` is stopped. `at_s` is Unix time."""

    policy: str
    why: str
    at_s: float
    candidate: str = ""

    @property
    def key(self) -> str:
        """What it stands under: another version of the candidate is tried afresh."""
        return stop_key(self.candidate)


Note = Hold | Stop


def hold_key(policy: str) -> str:
    """What a hold of this policy stands under."""
    return HOLD + policy


def stop_key(candidate: str) -> str:
    """What a stop of this version of a candidate stands under."""
    return STOP + candidate


def encode(note: Note) -> bytes:
    """The note as it is posted and kept."""
    return msgspec.json.encode(note)


def decode(notes: Mapping[str, bytes]) -> dict[str, Note]:
    """The notes that were posted or kept. Those that cannot be read are left out and said in the log; those of other
    kinds, which another version of the router may know, are left out."""
    return dict(_decoded(notes))


def _decoded(notes: Mapping[str, bytes]) -> Iterator[tuple[str, Note]]:
    for key, raw in notes.items():
        try:
            if key.startswith(HOLD):
                yield key, msgspec.json.decode(raw, type=Hold)
            elif key.startswith(STOP):
                yield key, replace(msgspec.json.decode(raw, type=Stop), candidate=key.removeprefix(STOP))
        except msgspec.DecodeError as error:
            _log.error("the note %s cannot be read and is left out: %s", key, error)


class Notes(Struct, frozen=True):
    """The notes that a replica goes by: its `own`, which others may not have seen (None: it has taken the one on the
    board down), and those on the `board`."""

    own: Mapping[str, Note | None] = {}
    board: Mapping[str, Note] = {}

    def hold(self, policy: str) -> Hold | None:
        """What this policy is held at, if the version on disk is the one it is held away from."""
        found = self._find(hold_key(policy))
        return found if isinstance(found, Hold) else None

    def stop(self, candidate: str) -> Stop | None:
        """Why this version of a candidate is not tried."""
        found = self._find(stop_key(candidate))
        return found if isinstance(found, Stop) else None

    def holds(self) -> Iterator[Hold]:
        """All holds."""
        for key in self.board.keys() | self.own.keys():
            found = self._find(key)
            if isinstance(found, Hold):
                yield found

    def unshared(self) -> dict[str, bytes | None]:
        """What the board does not say yet, as it is posted; None: the note there is to be taken down."""
        missing = {key: note for key, note in self.own.items() if note != self.board.get(key)}
        return {key: None if note is None else encode(note) for key, note in missing.items()}

    def put(self, note: Note) -> "Notes":
        """With this note of our own."""
        return replace(self, own={**self.own, note.key: note})

    def taken_down(self, key: str) -> "Notes":
        """Without what stands under this key."""
        own = {name: note for name, note in self.own.items() if name != key}
        return replace(self, own={**own, key: None} if key in self.board else own)

    def adopting(self, board: Mapping[str, Note]) -> "Notes":
        """With this on the board. A note of our own gives way once the board says something new under its key: that
        is either our note, or what somebody did since."""
        told = {key for key in self.board.keys() | board.keys() if self.board.get(key) != board.get(key)}
        return Notes({key: note for key, note in self.own.items() if key not in told}, board)

    def _find(self, key: str) -> Note | None:
        return self.own[key] if key in self.own else self.board.get(key)
