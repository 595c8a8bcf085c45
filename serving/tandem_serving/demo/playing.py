"""Sends requests to an installation, and puts together what the callers saw and what the router recorded."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from router.core.record import Record
from tandem_serving.demo.client import Body, Client, Reply, ignore_block
from tandem_serving.demo.course import Course, course_of, differences
from tandem_serving.demo.distribution import Routed
from tandem_serving.demo.installation import Installation
from tandem_serving.demo.showcase import Asked

AT_ONCE = 8
"""Prompts of a file in flight at a time: as many as the fast engine has slots."""

Watch = Callable[[str], None]
"""Hears of each request as it is sent or answered."""


@dataclass(frozen=True)
class Played:
    """One request of the showcase, and what came of it. `exclusions` are the reasons for which tiers were left out."""

    asked: Asked
    reply: Reply
    record: Record
    exclusions: tuple[str, ...] = ()

    @property
    def course(self) -> Course:
        """The way it took."""
        return course_of(self.record, self.reply)

    @property
    def surprises(self) -> tuple[str, ...]:
        """What is not as it must be."""
        return differences(self.asked.expected, self.course)


def play_showcase(showcase: Sequence[Asked], installation: Installation, watch: Watch) -> tuple[Played, ...]:
    """Sends the requests one after the other. Raises DemoError, or OSError when the router does not answer."""
    replies = [_play(asked, installation, watch) for asked in showcase]
    records = installation.records_of([reply.request_id for reply in replies])
    return tuple(
        _explained(Played(asked, reply, records[reply.request_id]), installation.client)
        for asked, reply in zip(showcase, replies, strict=True)
    )


def route_prompts(prompts: Sequence[str], installation: Installation, watch: Watch) -> tuple[Routed, ...]:
    """Sends every prompt, some at once, and pairs it with its record. Raises as `play_showcase` does."""
    ids = list(_ask_all(prompts, installation.client, watch))
    records = installation.records_of(ids)
    return tuple(Routed(prompt, records[each]) for prompt, each in zip(prompts, ids, strict=True))


def _play(asked: Asked, installation: Installation, watch: Watch) -> Reply:
    watch(asked.name)
    if asked.incident == "fast_is_back":
        installation.restart_fast()
    dies = asked.incident == "fast_dies_midway"
    return installation.client.ask(asked.body, installation.kill_fast if dies else ignore_block)


def _explained(played: Played, client: Client) -> Played:
    """With the exclusions in words; the record only names them."""
    if not played.record.excluded:
        return played
    excluded = client.explain(played.asked.body)["excluded"]
    return replace(played, exclusions=tuple("{tier}: {parameter} {why}".format_map(each) for each in excluded))


def _ask_all(prompts: Sequence[str], client: Client, watch: Watch) -> Iterator[str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for reply in pool.map(client.ask, map(_as_request, prompts)):
                watch("your prompts")
                yield reply.request_id
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _as_request(prompt: str) -> Body:
    return {"model": "auto", "messages": [{"role": "user", "content": prompt}]}
