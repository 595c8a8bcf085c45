"""What an engine need not read again: the beginnings of what it has read and written, in whole blocks."""

from collections.abc import Sequence
from hashlib import blake2b

CACHED_BLOCK_TOKENS = 256
"""The engine's cache serves prefixes in whole multiples of so many tokens: those that all its layers share."""


class PrefixCache:
    """Holds as many tokens as it has room for, the oldest beginnings making way. Without room it serves nothing."""

    def __init__(self, room_tokens: int) -> None:
        self._room = room_tokens // CACHED_BLOCK_TOKENS
        self._blocks: dict[bytes, None] = {}

    def served(self, tokens: Sequence[str], at_most: int) -> int:
        """How many of the first tokens of a prompt it can serve, at most so many and never the last: that one has to
        be read for there to be a next."""
        limit = min(at_most, len(tokens) - 1) // CACHED_BLOCK_TOKENS
        found = 0
        for block in _chain(tokens, limit):
            if block not in self._blocks:
                break
            found += CACHED_BLOCK_TOKENS
        return found

    def keep(self, tokens: Sequence[str]) -> None:
        """Remembers what has been read and written."""
        for block in _chain(tokens, len(tokens) // CACHED_BLOCK_TOKENS):
            self._blocks.pop(block, None)
            self._blocks[block] = None
        while len(self._blocks) > self._room:
            del self._blocks[next(iter(self._blocks))]


def _chain(tokens: Sequence[str], blocks: int) -> list[bytes]:
    """A name for each block, which is that of all that stands before it as well."""
    name, names = b"", []
    for block in range(blocks):
        some = tokens[block * CACHED_BLOCK_TOKENS : (block + 1) * CACHED_BLOCK_TOKENS]
        name = blake2b(name + "\0".join(some).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        names.append(name)
    return names
