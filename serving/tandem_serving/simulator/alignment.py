"""Where a text that somebody else wrote stands in the text that the simulator would have written itself. Pure."""

from collections.abc import Mapping, Sequence

SURE = 4
"""Tokens on end that must be the same for a text that went astray to be found again."""

Gram = tuple[str, ...]


def standing(own: Sequence[str], said: Sequence[str]) -> list[int]:
    """For each token that was said, the place in `own` at which it stands; last, the place where `own` goes on.

    As long as both agree, that is the same place. What differs is taken for as many other tokens, until what follows
    is found again, not before the place where the two parted. Places may lie beyond the end of `own`.
    """
    places: list[int] = []
    found: Mapping[Gram, Sequence[int]] = {}
    at, parted = 0, -1
    for number, token in enumerate(said):
        if parted >= 0:
            back = _place_of(tuple(said[number : number + SURE]), own, at, found, parted)
            at, parted = (at, parted) if back is None else (back, -1)
        places.append(at)
        if parted < 0 and own[at : at + 1] != [token]:
            parted, found = at, found or _grams(own)
        at += 1
    return [*places, at]


def _place_of(gram: Gram, own: Sequence[str], at: int, found: Mapping[Gram, Sequence[int]], parted: int) -> int | None:
    if len(gram) < SURE:
        return None
    if tuple(own[at : at + SURE]) == gram:
        return at
    return next((place for place in found.get(gram, ()) if place >= parted), None)


def _grams(own: Sequence[str]) -> Mapping[Gram, Sequence[int]]:
    places: dict[Gram, list[int]] = {}
    for at in range(len(own) - SURE + 1):
        places.setdefault(tuple(own[at : at + SURE]), []).append(at)
    return places
