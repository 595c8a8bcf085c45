"""Policies damaged in every way that people damage them. A mutation changes one thing, in a policy or in its cases."""

import random
from collections.abc import Iterator, Mapping, Sequence

from tests.mutations.contradicted import contradicted
from tests.mutations.dropped import dropped
from tests.mutations.indents import broken_indents
from tests.mutations.misspelt import misspelt_in_condition, misspelt_key, misspelt_value
from tests.mutations.retyped import compared_with_another_type, retyped
from tests.mutations.source import Kind, Mutate, Mutation, Source, entries

KINDS: tuple[Kind, ...] = ("field dropped", "name misspelt", "type changed", "case contradicted", "indent broken")

_OF_ENTRIES: Mapping[Kind, Sequence[Mutate]] = {
    "field dropped": (dropped,),
    "name misspelt": (misspelt_key, misspelt_value, misspelt_in_condition),
    "type changed": (retyped, compared_with_another_type),
    "case contradicted": (contradicted,),
}


def mutations(source: Source, kind: Kind, chance: random.Random) -> Iterator[Mutation]:
    """Every mutation of this kind that the source lends itself to; chance picks how names are misspelt."""
    for file, text in source.texts.items():
        if kind == "indent broken":
            yield from broken_indents(source, file)
        for entry in entries(file, text):
            for mutate in _OF_ENTRIES.get(kind, ()):
                yield from mutate(source, entry, chance)
