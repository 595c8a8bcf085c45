"""Every way to spoil a block there is, and the bad half of the corpus made by them. The same for the same seed.

python -m tests.gate_corpus.corruptions, after a change to a good text or a corruption, writes it anew.
"""

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Final

from tests.gate_corpus import structure, substance, wording
from tests.gate_corpus.corruption import Corruption, changed
from tests.gate_corpus.rows import BAD, GOOD, Row, read_rows

CORRUPTIONS: Final[tuple[Corruption, ...]] = (*wording.ROWS, *structure.ROWS, *substance.ROWS)
EACH: Final = 9
"""How many bad blocks are made in each way, where so many good ones offer themselves."""


def bad_rows(good: Sequence[Row]) -> Iterator[Row]:
    """The bad rows made of good ones: at most `EACH` by every corruption, English and other texts in turn."""
    for corruption in CORRUPTIONS:
        draw = random.Random(corruption.name)
        suited = [row for row in good if row["kind"] in corruption.kinds]
        made = (_spoil(row, corruption, draw) for row in _mixed(suited, draw))
        for _, row in zip(range(EACH), (row for row in made if row is not None), strict=False):
            yield row


def as_lines(rows: Iterable[Row]) -> str:
    """Rows as a file holds them."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _spoil(row: Row, corruption: Corruption, draw: random.Random) -> Row | None:
    spoilt = corruption.damage(row, draw)
    if spoilt is None or spoilt == row:
        return None
    name = f"{corruption.name}-of-{row['id']}"
    return changed(spoilt, id=name, label="bad", corruption=corruption.name, expect=[corruption.fault])


def _mixed(rows: Sequence[Row], draw: random.Random) -> Iterator[Row]:
    english = [row for row in rows if row["language"] == "en"]
    others = [row for row in rows if row["language"] != "en"]
    draw.shuffle(english)
    draw.shuffle(others)
    return (row for row in chain.from_iterable(zip_longest(english, others)) if row is not None)


if __name__ == "__main__":
    BAD.write_text(as_lines(bad_rows(read_rows(GOOD))), "utf-8")
