"""How one kind of engine wants to be spoken to, and where it tells of itself. Plain values: the tables of
`engines.dialects` hold them, and whoever writes bodies and reads pages goes by them."""

from collections.abc import Callable, Mapping

from msgspec import Struct

GOES_ON: Mapping[str, bool] = {"continue_final_message": True, "add_generation_prompt": False}
"""By what vLLM, and whoever follows it, goes on with a message in place of answering it."""


class Idiom(Struct, frozen=True):
    """What of a body is put differently for an engine.

    `renames`: parameters that go there under another name, unless that one was sent as well. `leaves_out`: what it is
    never sent, because it refuses what it does not know and this, where it has got so far, asks for nothing.
    `takes_null`: null stands for nothing said; else it is left out. `goes_on_with`: what is set where the last message
    is to be gone on with. `salts`: it keeps the prefixes it has cached apart by `cache_salt`."""

    renames: Mapping[str, str] = {}
    leaves_out: frozenset[str] = frozenset()
    takes_null: bool = True
    goes_on_with: Mapping[str, bool] = {}
    salts: bool = False


PLAIN = Idiom()


class Look(Struct, frozen=True):
    """A page that may say how many requests an engine has, and what reads it there (None: it does not say). `is_sure`:
    0 means none; else the page may not be counting, and is believed once it has said more."""

    path: str
    read: Callable[[bytes], int | None]
    is_sure: bool = True


class Pages(Struct, frozen=True):
    """Where an engine tells of itself. `health`: asked whether it is well, `well`: the statuses that say so. `loads`:
    where it may say how many requests it has, in the order in which they are asked. `metrics`: a page on which the
    counter `answered` says whether it has answered anything since it started (None: it says so nowhere)."""

    health: str = "/health"
    well: frozenset[int] = frozenset((200,))
    loads: tuple[Look, ...] = ()
    metrics: str = "/metrics"
    answered: bytes | None = None


SILENT = Pages()
