"""How tokens spell a text: which of its characters their bytes belong to."""

from collections.abc import Sequence


def characters_of(tokens: Sequence[bytes]) -> list[tuple[int, int]]:
    """Of each token the first of the characters that it has a byte of, and the one behind the last."""
    text = b"".join(tokens).decode()
    owner = [at for at, character in enumerate(text) for _ in character.encode()]
    found, first = [], 0
    for token in tokens:
        found.append((owner[first], owner[first + len(token) - 1] + 1))
        first += len(token)
    return found
