"""When policies are read again: whatever way a folder changes is seen, and nothing is read while it is written."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Lock

import pytest

from router.config.live.policies_status import LoadReport
from router.config.live.policy_watch import MAX_SETTLING_LOOKS, SETTLE_S, Reloads, Watch, look_at, open_watch
from tests import virtual_time
from tests.policy_folders import ConfigMap, PolicyFolder, policy_text, same_size_and_time

EVERY_S = 1.0

Change = Callable[[PolicyFolder], object]


@pytest.fixture
def folder(tmp_path: Path) -> PolicyFolder:
    """A folder with the policy `default`."""
    return PolicyFolder(tmp_path / "policies")


def edit_in_place(folder: PolicyFolder) -> None:
    (folder.path / "default.yaml").write_text(policy_text(rule="two"))


def append(folder: PolicyFolder) -> None:
    with (folder.path / "default.yaml").open("a") as file:
        file.write("# more\n")


def touch(folder: PolicyFolder) -> None:
    (folder.path / "default.yaml").touch()


def link_elsewhere(folder: PolicyFolder) -> None:
    (folder.path / "default.yaml").rename(folder.path / "there")
    (folder.path / "default.yaml").symlink_to("there")


CHANGES: dict[str, Change] = {
    "a file is written in place": edit_in_place,
    "a file is appended to": append,
    "a file is touched": touch,
    "an editor renames over a file": lambda folder: folder.write_policy(rule="two"),
    "a file is replaced by one of the same size and time": lambda folder: same_size_and_time(
        folder.path / "default.yaml", policy_text(rule="two")
    ),
    "a file is added": lambda folder: folder.write_policy("other"),
    "a file is taken away": lambda folder: folder.remove("default.yaml"),
    "a file is replaced by a link": link_elsewhere,
    "cases are added": lambda folder: folder.write_case(),
    "rollouts are added": lambda folder: folder.write_rollout("shadow"),
    "the folder is gone": lambda folder: folder.path.rename(folder.path.with_name("elsewhere")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_way_a_folder_can_change_is_seen(folder: PolicyFolder, change: Change) -> None:
    before = look_at(folder.path)

    change(folder)

    assert look_at(folder.path) != before


@pytest.mark.parametrize("name", ["notes.txt", ".default.yaml.swp", ".hidden.yaml", "schema.json", "cases/x.txt"])
def test_what_is_no_policy_is_not_looked_at(folder: PolicyFolder, name: str) -> None:
    before = look_at(folder.path)

    (folder.path / name).write_text("x")

    assert look_at(folder.path) == before


def test_reading_changes_nothing(folder: PolicyFolder) -> None:
    before = look_at(folder.path)

    (folder.path / "default.yaml").read_text()

    assert look_at(folder.path) == before


def test_the_swap_of_a_config_map_is_seen(tmp_path: Path) -> None:
    mounted = ConfigMap(tmp_path / "mounted")
    mounted.project(default=policy_text(rule="one"))
    before = look_at(mounted.path)

    mounted.project(default=policy_text(rule="two"))

    assert look_at(mounted.path) != before


def test_a_link_to_nothing_is_no_file(folder: PolicyFolder) -> None:
    before = look_at(folder.path)

    (folder.path / "lost.yaml").symlink_to("nowhere.yaml")

    assert look_at(folder.path) == before


# --- the watch --------------------------------------------------------------------------------------------------


class Acts:
    """What a watch does: notes when, on the clock of the loop, and then does as it is told."""

    def __init__(self, then: Callable[[int], Awaitable[None]] | None = None) -> None:
        self.at_s: list[float] = []
        self._then = then

    async def act(self) -> None:
        self.at_s.append(asyncio.get_running_loop().time())
        if self._then is not None:
            await self._then(len(self.at_s))


def watch_while(folder: PolicyFolder, acts: Acts, play: Callable[[], Awaitable[None]]) -> list[float]:
    """When a watch acted, in seconds from the start, while this was played; it has five seconds more."""

    async def run() -> None:
        async with open_watch(Watch(folder.path, EVERY_S), acts.act):
            await play()
            await asyncio.sleep(5)

    virtual_time.run(run())
    return acts.at_s


def test_a_change_is_acted_on_once_within_a_second_and_a_look(folder: PolicyFolder) -> None:
    async def play() -> None:
        await asyncio.sleep(2.5)
        folder.write_policy(rule="two")

    assert watch_while(folder, Acts(), play) == [pytest.approx(3 + SETTLE_S)]


def test_a_folder_that_rests_is_left_alone(folder: PolicyFolder) -> None:
    async def play() -> None:
        await asyncio.sleep(100)

    assert watch_while(folder, Acts(), play) == []


def test_what_changed_between_the_making_of_the_watch_and_its_first_look_is_seen(folder: PolicyFolder) -> None:
    async def play() -> None:
        folder.write_policy(rule="two")

    assert len(watch_while(folder, Acts(), play)) == 1


def test_a_folder_is_not_read_while_it_is_written(folder: PolicyFolder) -> None:
    async def play() -> None:
        for number in range(20):
            folder.write_policy(rule=f"r{number}" + "x" * number)
            await asyncio.sleep(0.1)

    assert watch_while(folder, Acts(), play) == [pytest.approx(2.1, abs=0.3)]


def test_a_folder_that_never_rests_is_read_all_the_same(folder: PolicyFolder) -> None:
    async def play() -> None:
        for number in range(200):
            folder.write_policy(rule="r" + "x" * (number % 40))
            await asyncio.sleep(0.1)

    acted_s = watch_while(folder, Acts(), play)

    assert acted_s[0] <= EVERY_S + (MAX_SETTLING_LOOKS + 1) * SETTLE_S
    assert 2 <= len(acted_s) <= 5


def test_what_changes_while_it_is_being_read_is_read_again(folder: PolicyFolder) -> None:
    async def change_once(acts: int) -> None:
        if acts == 1:
            folder.write_policy(rule="three")

    async def play() -> None:
        folder.write_policy(rule="two")

    assert len(watch_while(folder, Acts(change_once), play)) == 2


def test_a_bug_in_reading_does_not_end_the_watch(folder: PolicyFolder, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_acts: int) -> None:
        raise ZeroDivisionError

    async def play() -> None:
        folder.write_policy(rule="two")
        await asyncio.sleep(2)
        folder.write_policy(rule="three")

    assert len(watch_while(folder, Acts(fail), play)) == 2
    assert "ZeroDivisionError" in caplog.text


# --- one reload at a time ---------------------------------------------------------------------------------------


def test_reloads_take_turns_and_whoever_waits_gets_a_report_of_their_own() -> None:
    busy, at_once = Lock(), []

    def reload() -> LoadReport:
        at_once.append(busy.acquire(blocking=False))
        time.sleep(0.01)
        busy.release()
        return LoadReport(float(len(at_once)), 0.0)

    async def ask_five_times() -> list[LoadReport]:
        reloads = Reloads(reload)
        return await asyncio.gather(*(reloads.run() for _ in range(5)))

    reports = asyncio.run(ask_five_times())

    assert at_once == [True] * 5
    assert [each.at_s for each in reports] == [1, 2, 3, 4, 5]
