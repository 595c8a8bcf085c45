"""How many requests an engine has, as its own pages say it in their several shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from router.engines.dialects.vllm import PAGES, RUNS
from router.engines.load_pages import MOST, has_answered, read_load
from tandem_serving.simulator.metrics import Load, Metrics

RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"


def a_page(running: str, waiting: str) -> bytes:
    """As vLLM puts it: other metrics before and after, and one whose name begins like the one that is wanted."""
    return f"""# HELP python_gc_objects_collected_total Objects collected during gc
python_gc_objects_collected_total{{generation="0"}} 8412.0
# HELP {RUNNING} Number of requests in model execution batches.
# TYPE {RUNNING} gauge
{running}
# HELP {WAITING}_by_reason Number of waiting requests by reason.
{WAITING}_by_reason{{engine="0",model_name="tier1",reason="capacity"}} 70.0
# HELP {WAITING} Number of requests waiting to be processed.
# TYPE {WAITING} gauge
{waiting}
# HELP vllm:kv_cache_usage_perc KV-cache usage. 1 means 100 percent usage.
vllm:kv_cache_usage_perc{{engine="0",model_name="tier1"}} 0.0
""".encode()


def series(name: str, *values: float, model: str = "tier1") -> str:
    """One series for each engine behind an address."""
    return "\n".join(f'{name}{{engine="{at}",model_name="{model}"}} {value}' for at, value in enumerate(values))


@pytest.mark.parametrize(
    ("running", "waiting", "count"),
    [
        (series(RUNNING, 3.0), series(WAITING, 4.0), 7),
        (series(RUNNING, 3.0, 2.0, 1.0), series(WAITING, 0.0, 0.0, 4.0), 10),
        (f"{RUNNING} 3", f"{WAITING} 0", 3),
        (f"{RUNNING}{{}} 3", f"{WAITING}{{}} 0", 3),
        (f"{RUNNING} 3 1700000000000", series(WAITING, 4.0) + " 1700000000000", 7),
        (series(RUNNING, 3.0, model="odd } name 9"), series(WAITING, 4.0, model='\\"{'), 7),
        (f"{RUNNING} 3e0\r", f"{WAITING} +1.0\r", 4),
        (series(RUNNING, float(MOST)), series(WAITING, 0.0), MOST),
    ],
    ids=["usual", "three engines", "no labels", "empty labels", "times", "odd labels", "odd numbers", "very many"],
)
def test_what_runs_and_what_waits_is_added_up(running: str, waiting: str, count: int) -> None:
    assert RUNS(a_page(running, waiting)) == count


@pytest.mark.parametrize(
    ("running", "waiting"),
    [
        ("", ""),
        (series(RUNNING, 3.0), ""),
        ("", series(WAITING, 3.0)),
        (f"{RUNNING} NaN", f"{WAITING} 0"),
        (f"{RUNNING} +Inf", f"{WAITING} 0"),
        (f"{RUNNING} -1", f"{WAITING} 0"),
        (f"{RUNNING} {MOST + 1}", f"{WAITING} 0"),
        (f"{RUNNING} three", f"{WAITING} 0"),
        (f"{RUNNING} ", f"{WAITING} 0"),
        (f'{RUNNING}{{engine="0"', f"{WAITING} 0"),
        (series(RUNNING, 3.0) + f"\n{RUNNING} none", f"{WAITING} 0"),
        (f"# {RUNNING} 3", f"{WAITING} 0"),
    ],
)
def test_a_page_that_does_not_say_it_says_nothing(running: str, waiting: str) -> None:
    assert RUNS(a_page(running, waiting)) is None


def test_a_page_may_hold_nothing_else_and_end_without_a_line_break() -> None:
    assert RUNS(f"{RUNNING} 3\n{WAITING} 4".encode()) == 7


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_search_finds_what_a_parser_finds(running: int, waiting: int) -> None:
    page = Metrics("tier1", "fast", 1_000_000, lambda: Load(running, waiting, 0.5)).text()

    parsed = {
        sample.name: sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
        if sample.name in (RUNNING, WAITING)
    }
    assert RUNS(page) == sum(parsed.values()) == running + waiting


@given(st.binary(max_size=300) | st.text(f"{RUNNING}{WAITING}{{}}\n 0123.e-", max_size=300).map(str.encode))
def test_no_page_is_an_error(page: bytes) -> None:
    for count in (RUNS(page), read_load(page), RUNS(f"{RUNNING}".encode() + page)):
        assert count is None or 0 <= count <= 2 * MOST


@pytest.mark.parametrize("body", [b'{"server_load":12}', b'{"server_load": 12}', b' {\n "server_load" : 12 }\n'])
def test_the_load_page_says_how_many_there_are(body: bytes) -> None:
    assert read_load(body) == 12


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"12",
        b"<html>404</html>",
        b'{"server_load":null}',
        b'{"server_load":-1}',
        b'{"server_load":1.5}',
        b'{"server_load":9999999}',
        b'{"detail":"Not Found"}',
    ],
)
def test_anything_else_on_the_load_page_says_nothing(body: bytes) -> None:
    assert read_load(body) is None


@pytest.mark.parametrize(
    ("series", "answered"),
    [
        (('{finished_reason="stop"} 0.0', '{finished_reason="length"} 0.0'), False),
        (('{finished_reason="stop"} 0.0', '{finished_reason="length"} 1.0'), True),
        (('{finished_reason="stop"} 2.5e+07',), True),
        (('{finished_reason="stop"} NaN',), False),
        (('{finished_reason="stop"}',), False),
        (("_by_model 4.0",), False),
        ((), False),
    ],
)
def test_an_engine_has_answered_when_some_series_of_its_counter_says_so(
    series: tuple[str, ...], answered: bool
) -> None:
    lines = ["vllm:request_success_total" + each for each in series]

    assert (
        has_answered(a_page(f"{RUNNING} 0.0", "\n".join([f"{WAITING} 0.0", *lines])), PAGES.answered or b"") is answered
    )
