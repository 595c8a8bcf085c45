"""Which backends are drained, and who else is to know: an order to drain one that replicas share holds for them all."""

import threading
from collections.abc import Mapping

from router.engines.fleet import Pools
from router.ports import Board, Clock


class Drains:
    """Orders to drain and to resume. `shared`: backends by name, with the name by which all replicas know each.

    What stands on the board under that name is the Unix time in seconds since when the backend is drained; without a
    note it is not. Safe from any thread. INVARIANT: an order that the board has not taken holds here, whatever stands
    there, until the board has taken it."""

    def __init__(self, pools: Pools, shared: Mapping[str, str], clock: Clock) -> None:
        self._pools = pools
        self._shared = shared
        self._clock = clock
        self._untold: dict[str, bytes | None] = {}
        self._lock = threading.Lock()

    async def drain(self, name: str, board: Board) -> bool:
        """Drains a backend, and tells the others. Whether they will know of it. Raises InvalidRequest."""
        self._pools.drain(name)
        return await self._tell(name, b"%d" % self._clock.unix_s(), board)

    async def resume(self, name: str, board: Board) -> bool:
        """Gives a backend requests again, and tells the others. Whether they will know of it. Raises InvalidRequest."""
        self._pools.resume(name)
        return await self._tell(name, None, board)

    def adopt(self, notes: Mapping[str, bytes]) -> None:
        """Goes by what stands on the board."""
        with self._lock:
            self._untold = {key: note for key, note in self._untold.items() if notes.get(key) != note}
            for name, key in self._shared.items():
                if key not in self._untold:
                    self._follow(name, notes.get(key))

    def unshared(self) -> Mapping[str, bytes | None]:
        """What the board has not taken; None: a note that is to be taken down."""
        with self._lock:
            return dict(self._untold)

    async def _tell(self, name: str, note: bytes | None, board: Board) -> bool:
        key = self._shared.get(name)
        if key is None:
            return False
        with self._lock:
            self._untold[key] = note
        return await board.post(key, note)

    def _follow(self, name: str, note: bytes | None) -> None:
        if note is None:
            self._pools.resume(name)
        elif note.isdigit():
            self._pools.drain(name, max(self._clock.unix_s() - int(note), 0.0))
