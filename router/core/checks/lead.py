"""What the checks of a block must know of the answer before it, in a few values however long it is. Pure."""

from msgspec import Struct

from router.core.checks.fences import Fence, scan_fences
from router.core.checks.json_progress import JsonProgress

LINE_KEPT = 256
"""Characters kept of a line that broke off: of a longer one, its end, as fences may close there."""


class Lead(Struct, frozen=True):
    """The answer before a block: its `length` in characters, the fences that are open, outermost first, the `line` that
    it broke off in, and how far it is on the way to being JSON.

    INVARIANT: `Lead().after(a).after(b)` tells the same as `Lead().after(a + b)`, however an answer was cut.
    """

    length: int = 0
    fences: tuple[Fence, ...] = ()
    line: str = ""
    json: JsonProgress = JsonProgress()

    @property
    def offset(self) -> int:
        """Where the line that broke off starts, or what is kept of it."""
        return self.length - len(self.line)

    def after(self, text: str) -> "Lead":
        """What is known once `text` has come, too."""
        held = self.line + text
        end = held.rfind("\n") + 1
        fences = self.fences
        if end:
            fences = tuple([each for each in scan_fences(held[: end - 1], self.offset, fences) if each.end < 0])
        return Lead(self.length + len(text), fences, held[max(end, len(held) - LINE_KEPT) :], self.json.after(text))
