"""Metrics that are kept elsewhere and read when they are scraped, with a value for each value of a label."""

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from router.telemetry.metrics import Metrics


def exposed(metrics: Metrics) -> dict[str, tuple[str, dict[str, float]]]:
    """Each family that is watched: its type, and its samples by name and label."""
    families = text_string_to_metric_families(metrics.expose().decode())
    return {
        family.name: (family.type, {f"{each.name} {each.labels['which']}": each.value for each in family.samples})
        for family in families
        if family.name.startswith("router_test")
    }


def test_what_is_watched_is_read_at_every_scrape() -> None:
    metrics, held = Metrics(), {"a": 1.0, "b": 0.0}
    metrics.watch_each("router_test_held", "Held.", "which", lambda: held)

    before = exposed(metrics)
    del held["b"]
    held["a"] = 0.0

    assert before == {"router_test_held": ("gauge", {"router_test_held a": 1, "router_test_held b": 0})}
    assert exposed(metrics) == {"router_test_held": ("gauge", {"router_test_held a": 0})}


def test_what_is_counted_elsewhere_is_a_counter() -> None:
    metrics = Metrics()
    metrics.count_each("router_test_loads", "Loads.", "which", lambda: {"ok": 3, "failed": 0})

    samples = {"router_test_loads_total ok": 3, "router_test_loads_total failed": 0}
    assert exposed(metrics) == {"router_test_loads": ("counter", samples)}


def test_a_family_without_values_is_described_all_the_same() -> None:
    metrics = Metrics()
    metrics.watch_each("router_test_held", "Held.", "which", dict)

    assert exposed(metrics) == {"router_test_held": ("gauge", {})}
