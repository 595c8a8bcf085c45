"""Over the corpus, checks reject nearly all that is bad and hardly anything that is good."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from router.core.checks.table import check_set, judge
from tests.gate_corpus.corruptions import as_lines, bad_rows
from tests.gate_corpus.rows import BAD, GOOD, Row, read_rows, written_of

LEAST_REJECTED = 0.95
MOST_REJECTED = 0.02
STANDARD = check_set("standard")


def is_rejected(row: Row) -> bool:
    return not judge(written_of(row), STANDARD).is_accepted


def table(rows: Sequence[Row], column: Callable[[Row], str]) -> str:
    """How many of each sort there are and how many of them were rejected, the worst first."""
    there = Counter(column(row) for row in rows)
    rejected = Counter(column(row) for row in rows if is_rejected(row))
    shares: Mapping[str, float] = {name: rejected[name] / count for name, count in there.items()}
    return "\n".join(
        f"{name:24} {rejected[name]:4} of {there[name]:4} rejected" for name in sorted(shares, key=shares.__getitem__)
    )


def test_there_are_at_least_300_good_and_300_bad_rows() -> None:
    assert min(len(read_rows(GOOD)), len(read_rows([BAD]))) >= 300


def test_no_two_rows_have_the_same_name() -> None:
    names = Counter(row["id"] for row in read_rows([*GOOD, BAD]))
    assert max(names.values()) == 1


def test_the_bad_rows_are_what_the_corruptions_make_of_the_good_ones() -> None:
    assert as_lines(bad_rows(read_rows(GOOD))) == BAD.read_text("utf-8")


def test_nearly_all_bad_rows_are_rejected() -> None:
    rows = read_rows([BAD])
    share = sum(map(is_rejected, rows)) / len(rows)
    by = [table(rows, lambda row: row["corruption"]), table(rows, lambda row: row["language"])]
    assert share >= LEAST_REJECTED, f"{share:.1%} rejected\n\n" + "\n\n".join(by)


def test_hardly_any_good_row_is_rejected() -> None:
    rows = read_rows(GOOD)
    share = sum(map(is_rejected, rows)) / len(rows)
    by = [table(rows, lambda row: row["kind"]), table(rows, lambda row: row["language"])]
    assert share <= MOST_REJECTED, f"{share:.1%} rejected\n\n" + "\n\n".join(by)
