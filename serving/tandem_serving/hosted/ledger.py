"""What was spent in the window of now, and whether a call may be begun. Written down at each step.

A call first takes what it may cost at most, then gives back what it did not. So that what is under way counts as well,
also when the process is killed in the middle of it: what was taken and never given back stays spent.
"""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import msgspec
from msgspec import Struct

from router.core.errors import SettingsError

Window = Literal["hour", "day", "month"]

_NAMES: Final = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "month": "%Y-%m"}


class Page(Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds: the window, what calls in it have cost, and what those under way may cost at most."""

    window: str = ""
    spent_microusd: int = 0
    held_microusd: int = 0


class CapReached(Exception):
    """A call may cost more than what is left. `retry_after_s`: until the next window begins."""

    def __init__(self, page: Page, cap_microusd: int, retry_after_s: float) -> None:
        super().__init__("the spending cap is reached")
        self.page = page
        self.cap_microusd = cap_microusd
        self.retry_after_s = retry_after_s


class CannotWrite(Exception):
    """What is spent cannot be written down, so nothing may be."""


class Taken:
    """What one call has taken. `cost_microusd` is what it cost after all; as long as nobody says so, all of it."""

    def __init__(self, microusd: int) -> None:
        self.microusd = microusd
        self.cost_microusd = microusd


class Ledger:
    """Keeps the page of one file, which no other process may keep at a time. `now_s` is Unix time. Any thread may
    call it.

    INVARIANT: what is spent and held together exceeds the cap only by what a call cost beyond its estimate.
    """

    def __init__(self, file: Path, cap_microusd: int, window: Window, now_s: Callable[[], float]) -> None:
        self.cap_microusd = cap_microusd
        self._file = file
        self._window: Window = window
        self._now_s = now_s
        self._lock = Lock()
        self._page = _read(file)
        # Whoever held it is gone, and may have been charged.
        self._page = Page(self._page.window, self._page.spent_microusd + self._page.held_microusd)

    @property
    def page(self) -> Page:
        """What is spent and held now."""
        with self._lock:
            return self._turned()

    @contextmanager
    def taking(self, microusd: int) -> Generator[Taken, None, None]:
        """Takes so much while the block runs, and what the call cost for good. Raises CapReached or CannotWrite."""
        self._take(microusd)
        taken = Taken(microusd)
        try:
            yield taken
        finally:
            self._settle(taken)

    def _take(self, microusd: int) -> None:
        with self._lock:
            page = self._turned()
            if page.spent_microusd + page.held_microusd + microusd > self.cap_microusd:
                raise CapReached(page, self.cap_microusd, _left_s(self._window, self._now_s()))
            self._keep(msgspec.structs.replace(page, held_microusd=page.held_microusd + microusd))

    def _settle(self, taken: Taken) -> None:
        """A page that cannot be written now is written with the next call, which is refused as long as it cannot."""
        with self._lock:
            page = self._turned()
            spent, held = page.spent_microusd + taken.cost_microusd, page.held_microusd - taken.microusd
            self._page = Page(page.window, spent, held)
            try:
                self._keep(self._page)
            except CannotWrite:
                return

    def _turned(self) -> Page:
        """The page of the window of now: what is held goes along from one to the next."""
        name = datetime.fromtimestamp(self._now_s(), UTC).strftime(_NAMES[self._window])
        return self._page if self._page.window == name else Page(name, 0, self._page.held_microusd)

    def _keep(self, page: Page) -> None:
        beside = self._file.with_name(self._file.name + ".new")
        try:
            beside.write_bytes(msgspec.json.encode(page) + b"\n")
            beside.replace(self._file)
        except OSError as error:
            raise CannotWrite(f"{self._file} cannot be written: {error.strerror}") from None
        self._page = page


@contextmanager
def open_ledger(
    file: Path, cap_microusd: int, window: Window, now_s: Callable[[], float]
) -> Generator[Ledger, None, None]:
    """The ledger of this file, which is this process's as long as the block runs. Raises SettingsError."""
    with _held_alone(file):
        yield Ledger(file, cap_microusd, window, now_s)


@contextmanager
def _held_alone(file: Path) -> Generator[None, None, None]:
    beside = file.with_name(file.name + ".lock")
    try:
        lock = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(f"spending.file: {beside} cannot be written: {error.strerror}") from None
    try:
        _lock(lock, file)
        yield
    finally:
        os.close(lock)


def _lock(descriptor: int, file: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SettingsError(f"spending.file: another process keeps {file}; is `tandem hosted` running?") from None


def _read(file: Path) -> Page:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Page)
    except FileNotFoundError:
        return Page()
    except OSError as error:
        raise SettingsError(f"spending.file: {file} cannot be read: {error.strerror}") from None
    except msgspec.DecodeError:
        said = "what was spent is not known; correct it, or delete it to begin with nothing spent"
        raise SettingsError(f"spending.file: {file} is damaged: {said}") from None


def _left_s(window: Window, now_s: float) -> float:
    """Seconds until the next window."""
    now = datetime.fromtimestamp(now_s, UTC)
    began = now.replace(minute=0, second=0, microsecond=0)
    if window == "hour":
        return (began + timedelta(hours=1) - now).total_seconds()
    began = began.replace(hour=0)
    if window == "day":
        return (began + timedelta(days=1) - now).total_seconds()
    return ((began.replace(day=1) + timedelta(days=32)).replace(day=1) - now).total_seconds()
