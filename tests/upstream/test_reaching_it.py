"""Engines that cannot be reached, or not safely: faults 1, 2, 6, 22 and 23."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.certificates import ELSEWHERE, ON_THIS_MACHINE, Authority
from tests.conftest import FAST_TEXT, STRONG_TEXT, Routers, Way
from tests.faults import answers, resets
from tests.named_hosts import HostsFile
from tests.patience import until
from tests.router_process import RouterProcess
from tests.scripted_engine import EngineRoom, ScriptedEngine
from tests.upstream.conftest import kept_idle
from tests.upstream.fault import ALONE, QUICK, ask, upstream_fault

DOWN_S = 1.5
NOTICED_WITHIN_S = 2.5
"""A look takes place once a second; the engine's rest would last a second longer than this."""


@upstream_fault(1)
def test_a_refused_connection_costs_less_than_50_ms_until_the_other_tier_answers_or_a_503(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    with fast.refusing_connections():
        climbed = [ask(tandem, way) for _ in range(2)]
    with strong.refusing_connections():
        alone = [ask(lone, way) for _ in range(2)]

    assert [(each.text, each.whole) for each in climbed] == [(STRONG_TEXT, True)] * 2
    assert [(each.status, each.code) for each in alone] == [(503, "overloaded")] * 2
    assert min(each.took_s for each in climbed) < 0.05
    assert min(each.took_s for each in alone) < 0.05


@upstream_fault(2)
def test_a_black_hole_costs_one_connect_timeout_until_the_other_tier_answers_or_a_503(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    with fast.dropping_connections():
        climbed = [ask(tandem, way) for _ in range(2)]
    with strong.dropping_connections():
        alone = [ask(lone, way) for _ in range(2)]

    assert [(each.text, each.whole) for each in climbed] == [(STRONG_TEXT, True)] * 2
    assert all(each.attempts.startswith("fast:unavailable, strong:") for each in climbed)
    assert [(each.status, each.code) for each in alone] == [(503, "overloaded")] * 2
    assert 0.3 < min(each.took_s for each in climbed) < 0.75
    assert 0.3 < min(each.took_s for each in alone) < 0.75


@upstream_fault(6)
def test_a_reset_before_the_first_byte_is_retried_once_where_it_happened(
    tandem: RouterProcess, lone: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    fast.does(resets(), answers(FAST_TEXT))
    assert ask(tandem, way).text == FAST_TEXT
    assert (len(fast.received), len(strong.received)) == (2, 0)

    fast.does(resets())
    assert ask(tandem, way).text == STRONG_TEXT
    assert (len(fast.received), len(strong.received)) == (2, 1)

    strong.does(resets())
    alone = ask(lone, way)
    assert (alone.status, alone.code, len(strong.received)) == (503, "overloaded", 2)


@pytest.mark.under_stress
def test_an_engine_that_comes_back_is_noticed_before_its_rest_is_over(
    fresh: RouterProcess, fast: ScriptedEngine
) -> None:
    with fast.refusing_connections():
        until(lambda: ask(fresh, {}, ALONE).attempts == "fast:not_admitted")
        time.sleep(DOWN_S)
        assert ask(fresh, {}, ALONE).attempts == "fast:not_admitted"
    back_s = time.monotonic()

    until(lambda: ask(fresh, {}, ALONE).text == FAST_TEXT)

    assert time.monotonic() - back_s < NOTICED_WITHIN_S


# --- TLS ------------------------------------------------------------------------------------------------------


class Secured(NamedTuple):
    """A router whose fast engine speaks TLS, and who signs the certificates that it believes in."""

    router: RouterProcess
    engine: ScriptedEngine
    authority: Authority


@pytest.fixture(scope="module")
def secured(engine_room: EngineRoom, running_routers: Routers, tmp_path_factory: Any) -> Iterator[Secured]:
    """One for both ways."""
    folder = tmp_path_factory.mktemp("secured")
    engine, authority = engine_room.open_engine(), Authority(folder)
    settings = running_routers.settings(folder, QUICK)
    settings["tiers"]["fast"]["backends"][0]["url"] = f"https://127.0.0.1:{engine.port}"
    with kept_idle(settings, folder, environment=authority.trusted()) as router:
        yield Secured(router, engine, authority)


@upstream_fault(22)
def test_a_certificate_that_expired_or_is_another_hosts_is_a_502_and_not_tried_again(
    secured: Secured, strong: ScriptedEngine, way: Way
) -> None:
    router, engine, authority = secured
    engine.does(answers(FAST_TEXT))

    for name, host, days in [("expired", ON_THIS_MACHINE, -1), ("misplaced", ELSEWHERE, 2)]:
        engine.presents(authority.certify(name, host, days))
        alone = ask(router, way, ALONE)
        assert (alone.status, alone.code, engine.hellos) == (502, "upstream_error", 1)
        climbed = ask(router, way)
        assert (climbed.text, climbed.attempts[:12], engine.hellos) == (STRONG_TEXT, "fast:failed,", 2)
    assert not engine.received

    engine.presents(authority.certify("good", ON_THIS_MACHINE, 2))
    assert ask(router, way, ALONE).text == FAST_TEXT


# --- names ----------------------------------------------------------------------------------------------------


@pytest.fixture
def named(running_routers: Routers, tmp_path: Path) -> Iterator[tuple[RouterProcess, HostsFile]]:
    """A router that knows its fast engine by name, and the name service it asks."""
    hosts = HostsFile(tmp_path / "hosts")
    settings = running_routers.settings(tmp_path, QUICK)
    backend = settings["tiers"]["fast"]["backends"][0]
    backend["url"] = backend["url"].replace("127.0.0.1", "engine.test")
    with kept_idle(settings, tmp_path, module="tests.named_hosts", environment=hosts.variables()) as router:
        yield router, hosts


@upstream_fault(23)
def test_a_name_is_looked_up_again_as_soon_as_its_address_has_failed(
    named: tuple[RouterProcess, HostsFile], fast: ScriptedEngine, strong: ScriptedEngine, way: Way
) -> None:
    router, hosts = named

    hosts.forget("engine.test")
    unknown, climbed = ask(router, way, ALONE), ask(router, way)
    assert (unknown.status, unknown.code, climbed.text) == (503, "overloaded", STRONG_TEXT)

    hosts.say("engine.test", "127.0.0.1")
    assert ask(router, way, ALONE).text == FAST_TEXT

    with fast.moved_to("127.0.0.2"):
        hosts.say("engine.test", "127.0.0.2")
        assert ask(router, way, ALONE).text == FAST_TEXT

    hosts.say("engine.test", "127.0.0.1")
    assert ask(router, way, ALONE).text == FAST_TEXT


@pytest.mark.under_stress
def test_an_engine_that_comes_back_under_another_address_is_noticed_before_its_rest_is_over(
    named: tuple[RouterProcess, HostsFile], fast: ScriptedEngine
) -> None:
    router, hosts = named
    hosts.say("engine.test", "127.0.0.1")
    with fast.moved_to("127.0.0.2"):
        until(lambda: ask(router, {}, ALONE).attempts == "fast:not_admitted")
        time.sleep(DOWN_S)
        hosts.say("engine.test", "127.0.0.2")
        moved_s = time.monotonic()

        until(lambda: ask(router, {}, ALONE).text == FAST_TEXT)

    assert time.monotonic() - moved_s < NOTICED_WITHIN_S


@pytest.mark.under_stress
def test_a_dead_name_service_costs_one_connect_timeout_until_the_other_tier_answers_or_a_503(
    named: tuple[RouterProcess, HostsFile], fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    router, hosts = named
    hosts.say("engine.test", "")

    alone, climbed = ask(router, {}, ALONE), ask(router, {})

    assert (alone.status, alone.code, climbed.text) == (503, "overloaded", STRONG_TEXT)
    assert 0.3 < alone.took_s < 0.75
    assert 0.3 < climbed.took_s < 0.75
