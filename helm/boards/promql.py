"""Queries, written from the names of metrics: a metric that is renamed takes its panels with it. Pure."""

from typing import Final

JOB: Final = 'job=~"$job"'
"""Every query is of the deployments that are chosen at the top of a dashboard."""


def rate(name: str, *by: str, where: str = "") -> str:
    """How often a second a counter went up, added up by these labels."""
    return _sum(f"rate({_of(name + '_total', where)}[$__rate_interval])", by)


def rate_of(name: str, *by: str, where: str = "") -> str:
    """How many observations a second a histogram took."""
    return _sum(f"rate({_of(name + '_count', where)}[$__rate_interval])", by)


def sum_of(name: str, *by: str, where: str = "") -> str:
    """How much a second a histogram's observations came to."""
    return _sum(f"rate({_of(name + '_sum', where)}[$__rate_interval])", by)


def quantile(q: float, name: str, *by: str, where: str = "") -> str:
    """A quantile of what a histogram observed."""
    buckets = _sum(f"rate({_of(name + '_bucket', where)}[$__rate_interval])", (*by, "le"))
    return f"histogram_quantile({q:g}, {buckets})"


def total(name: str, *by: str) -> str:
    """Gauges, added up by these labels."""
    return _sum(_of(name, ""), by)


def recorded(name: str) -> str:
    """What a recording rule has worked out."""
    return _of(name, "")


def share(part: str, whole: str) -> str:
    """A part of a whole; nothing where there is no whole."""
    return f"{part} / ({whole} > 0)"


def share_of_all(parts: str, label: str, whole: str) -> str:
    """The parts of one whole, told apart by this label."""
    return f"{parts} / ignoring ({label}) group_left () ({whole} > 0)"


def top(count: int, query: str) -> str:
    """The largest so many."""
    return f"topk({count}, {query})"


def _sum(query: str, by: tuple[str, ...]) -> str:
    return f"sum by ({', '.join(by)}) ({query})" if by else f"sum({query})"


def _of(name: str, where: str) -> str:
    return f"{name}{{{JOB}{', ' + where if where else ''}}}"
