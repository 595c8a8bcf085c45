"""What a cache has lost, counted. The one value here that changes."""


class Losses:
    """`unreadable`: values that were not what had been written, and so were misses. `unread`: look-ups that a store
    in trouble did not answer. `dropped`: entries that were not kept, because the store was in trouble or they were too
    large for it."""

    def __init__(self) -> None:
        self.unreadable = 0
        self.unread = 0
        self.dropped = 0
