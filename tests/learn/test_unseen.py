"""What is measured on sources that nothing was learned from."""

import pytest

from router.learn.evaluation_text import UNSEEN_COLUMNS, unseen_text
from router.learn.rows import Staked
from router.learn.unseen import UnseenOf, family_of, measure_unseen
from tests.learn.generated import write_data


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[UnseenOf, ...], tuple[str, ...]]:
    told: list[str] = []
    return measure_unseen(write_data(tmp_path_factory.mktemp("rows")), told.append), tuple(told)


def test_every_source_of_dev_is_left_out_once(measured: tuple[tuple[UnseenOf, ...], tuple[str, ...]]) -> None:
    found, told = measured

    assert [(each.source, each.level) for each in found] == [
        ("CLINC150", "low"),
        ("financial", "high"),
        ("legal", "high"),
        ("medical", "high"),
    ]
    assert told == tuple(f"measured without {each.source}" for each in found)


def test_heads_do_not_know_a_domain_that_they_were_not_taught(
    measured: tuple[tuple[UnseenOf, ...], tuple[str, ...]],
) -> None:
    found, _ = measured
    assert all(each.heads < 0.5 for each in found if each.level == "high")


def test_sources_that_ask_alike_are_left_out_together() -> None:
    families = {family_of(Staked("?", source, "", "low")) for source in ("MMLU-Pro", "RouteLLM MMLU", "P3")}
    assert families == {"MMLU", "P3"}


def test_a_source_is_a_line_of_the_table(measured: tuple[tuple[UnseenOf, ...], tuple[str, ...]]) -> None:
    found, _ = measured
    table = unseen_text(found)

    assert table.row_count == len(found)
    assert tuple(str(column.header) for column in table.columns) == UNSEEN_COLUMNS
