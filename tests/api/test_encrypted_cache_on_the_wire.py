"""The cache of a router that runs with a key in its environment: hits as ever, and nothing to read on the disk."""

import base64
import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from router.cli import app
from tests.conftest import FAST_TEXT, Routers
from tests.patience import until
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import ask, post, request_fields

VARIABLE = "TANDEM_CACHE__ENCRYPTION_KEYS"
KEY = base64.b64encode(bytes(range(32))).decode()
QUESTION = "What does canary-55d0 say?"


class Kept:
    """The file of a router's cache, and the settings of that router."""

    def __init__(self, routers: Routers, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "cache.sqlite3"
        self.settings = routers.settings(folder, settings={"cache": {"store": "sqlite", "path": str(self.path)}})

    def is_written(self) -> bool:
        """Whether an answer is in it: who asked does not wait for that."""
        with sqlite3.connect(self.path) as database:
            ((count,),) = database.execute("SELECT count(*) FROM entries")
        database.close()
        return bool(count)

    def everything(self) -> bytes:
        """All its bytes, and those of its log."""
        return b"".join(each.read_bytes() for each in self.folder.glob("cache.sqlite3*"))


@pytest.fixture
def kept(running_routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine, tmp_path: Path) -> Kept:
    """Where a router of this test keeps answers."""
    return Kept(running_routers, tmp_path)


def asked(router: RouterProcess) -> str | None:
    """How the question meets the cache."""
    answer = post(router.public, request_fields(QUESTION, model="auto:kept"))
    assert answer.text == FAST_TEXT
    return answer.header("x-router-cache")


@pytest.mark.parametrize(("environment", "is_legible"), [({}, True), ({VARIABLE: KEY}, False)], ids=["plain", "keys"])
def test_neither_question_nor_answer_is_legible_in_the_file_or_its_log(
    kept: Kept, environment: dict[str, str], is_legible: bool
) -> None:
    with serving(kept.settings, kept.folder, environment=environment) as router:
        assert asked(router) == "miss"
        until(kept.is_written)
        assert asked(router) == "hit"
        meanwhile = kept.everything()

    for found in (meanwhile, kept.everything()):
        assert (FAST_TEXT.encode() in found) == is_legible
        assert b"canary-55d0" not in found


def test_a_router_with_another_key_asks_the_engine_again_and_counts_what_it_could_not_read(
    kept: Kept, fast: ScriptedEngine
) -> None:
    with serving(kept.settings, kept.folder, environment={VARIABLE: KEY}) as router:
        asked(router)
        until(kept.is_written)
    with serving(kept.settings, kept.folder, environment={VARIABLE: f"{KEY[::-1][1:]}="}) as router:
        outcome = asked(router)
        lost = ask(router.admin, "GET", "/cache").json["lost"]
        assert router.read_log() == ""

    assert outcome == "miss"
    assert {why for why, count in lost.items() if count} == {"unreadable"}
    assert len(fast.received) == 2


def test_what_is_kept_can_still_be_shown_by_the_router_that_kept_it(kept: Kept) -> None:
    request = kept.folder / "request.json"
    request.write_text(json.dumps(request_fields(QUESTION, model="auto:kept")))
    with serving(kept.settings, kept.folder, environment={VARIABLE: KEY}) as router:
        asked(router)
        until(kept.is_written)
        admin = f"http://{router.admin.host}:{router.admin.port}"
        shown = CliRunner().invoke(
            app, ("cache", "get", str(request), "--text", "--admin", admin), env={"TANDEM_ADMIN_KEY": None}
        )

    assert shown.exit_code == 0
    assert FAST_TEXT in shown.stdout
