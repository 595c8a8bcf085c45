"""Whether one word looks like another in which a slip was made. Pure."""

MIN_LETTERS = 4
"""Shorter words are alike by chance."""


def is_misspelt(word: str, right: str) -> bool:
    """Whether `word` is `right` with two neighbours swapped, or a character dropped, added or replaced. Plurals and
    numbered names are words of their own."""
    if word == right or min(len(word), len(right)) < MIN_LETTERS or abs(len(word) - len(right)) > 1:
        return False
    at = _first_difference(word, right)
    if len(word) == len(right):
        return word[at + 1 :] == right[at + 1 :] or is_swapped(word, right)
    longer, shorter = (word, right) if len(word) > len(right) else (right, word)
    return longer[at + 1 :] == shorter[at:] and not longer[at].isdigit() and longer != f"{shorter}s"


def is_swapped(word: str, right: str) -> bool:
    """Whether `word` is `right` with two neighbouring characters swapped."""
    at = _first_difference(word, right)
    return (
        len(word) == len(right) and word[at : at + 2] == right[at : at + 2][::-1] and word[at + 2 :] == right[at + 2 :]
    )


def swaps_of(word: str) -> frozenset[str]:
    """The words that are `word` with two neighbouring characters swapped."""
    swaps = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    return frozenset(swaps) - {word}


def _first_difference(word: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
