"""What a cache has lost, counted. The one value here that changes."""


class Losses:
    """`unreadable`: values that were not what had been written, and so were misses. `unread`: look-ups that a store
    in trouble did not answer. `dropped`: entries that were not kept, because the store was in trouble or they were too
    large for it. `unembedded`: times that a question was not looked for in other words, or not kept for that, because
    no vector of it could be had."""

    def __init__(self) -> None:
        self.unreadable = 0
        self.unread = 0
        self.dropped = 0
        self.unembedded = 0

    def count_unembedded(self) -> None:
        """One more of these."""
        self.unembedded += 1
