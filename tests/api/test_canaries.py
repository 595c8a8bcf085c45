"""With content off: words that callers, engines and their owners say, in every place where they can, and everything
that a router leaves behind, where none of them may stand."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from router.config.keys_file import create_key
from router.core.grants import Grants
from router.log.reader import record_lines
from tests.api.test_secrecy import FAILURES, LEAKY, SECRETS
from tests.canaries import ASKED, HEADERS, PICTURE, canaries_in, canary, wrong_bodies
from tests.cli.commands import succeeded, tandem
from tests.collector import Collector, collecting
from tests.conftest import MEDIA_HOST, Routers
from tests.console_visitor import Visitor
from tests.faults import answers, hangs_up, opens_and_then, resets, says_it_failed
from tests.patience import until
from tests.redis_server import RedisServer, redis_server
from tests.router_process import RouterProcess, serving
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import Response, ask, open_stream, post, request_fields

ENCRYPTED = {"TANDEM_CACHE__ENCRYPTION_KEYS": base64.b64encode(bytes(range(32))).decode()}
ANSWER = f"An answer of {canary('answer')}."
MODELS = ["auto", "auto:kept", "auto:alike", "auto:gated", "auto:gated-whole", "auto:agreeing", "auto:audited"]
ADMIN_KEY = canary("adminkey")
ENGINE_KEY = canary("enginekey")
OPEN = {"accept": "application/openmetrics-text; version=1.0.0"}
BY_ADMIN = {"authorization": f"Bearer {ADMIN_KEY}"}
BY_NOBODY = {"authorization": f"Bearer {canary('wrongkey')}"}
STATE = ("/readyz", "/policies", "/backends", "/cache", "/nothing")
MAY_HAVE = {
    "the decision log": {"model"},
    "what commands tell of it": {"model"},
    "its segments as Parquet": {"model"},
    "spans": {"model"},
    "the console": {"model"},
    "errors of callers": {"model", "wrong"},
    "errors of engines": {"answer"},
}
"""Records name the model that was asked for, as it was asked for. An error tells its own caller what is wrong, and
comes after what the engine had answered before it broke off."""


class Scene(NamedTuple):
    """A router with a key of one of its tenants, and everything that it leaves behind."""

    router: RouterProcess
    key: str
    folder: Path
    collector: Collector
    stored: Callable[[], bytes]

    @property
    def log(self) -> Path:
        """Where its decision log is."""
        return self.folder / "log"

    def segments(self) -> bytes:
        """The bytes of its decision log; what is compressed also as it was before."""
        files = [each.read_bytes() for each in self.log.iterdir()]
        plain = [gzip.decompress(each) for each in files if each.startswith(b"\x1f\x8b")]
        return b"\n".join([*files, *plain])

    def logged(self) -> int:
        """How many lines its log has."""
        return self.segments().count(b'"request_id"')


STORES = ["sqlite", "sqlite-encrypted", "redis", "redis-encrypted"]


@pytest.fixture(params=STORES)
def scene(
    request: pytest.FixtureRequest,
    running_routers: Routers,
    fast: ScriptedEngine,
    strong: ScriptedEngine,
    tmp_path: Path,
) -> Iterator[Scene]:
    """A router that keeps answers outside its process, sends every trace and logs whatever anything says."""
    store, _, encrypted = request.param.partition("-")
    key = create_key(tmp_path / "keys.json", canary("tenant"), Grants(pins=True))
    with storing(store, tmp_path) as (caching, stored), collecting() as collector:
        settings = running_routers.settings(
            tmp_path,
            {"api_key": ENGINE_KEY, "accepts": ["image", "audio", "video"]},
            {
                **caching,
                "keys": str(tmp_path / "keys.json"),
                "admin": {"port": 0, "key": ADMIN_KEY},
                "limits": {"media_hosts": [MEDIA_HOST]},
                "decision_log": {"folder": str(tmp_path / "log"), "segment_s": 0.001},
                "tracing": {"endpoint": collector.endpoint, "share": 1.0},
                "breakers": False,
                "audits": True,
                "escalations": {"limited": False},
            },
        )
        environment = ENCRYPTED if encrypted else {}
        with serving(settings, tmp_path, "tests.loud_router", environment) as router:
            yield Scene(router, key, tmp_path, collector, stored)


@contextmanager
def storing(store: str, folder: Path) -> Iterator[tuple[Mapping[str, Any], Callable[[], bytes]]]:
    """The settings of a cache, and what reads every byte of it."""
    if store == "redis":
        with redis_server(folder) as server:
            server.do("CONFIG", "SET", "rdbcompression", "no")
            yield {"cache": {"store": "redis"}, "redis": {"url": server.url}}, lambda: everything_in(server)
        return
    path = folder / "cache.sqlite3"
    files = lambda: b"".join(each.read_bytes() for each in folder.glob("cache.sqlite3*"))  # noqa: E731
    yield {"cache": {"store": "sqlite", "path": str(path)}}, files


def everything_in(server: RedisServer) -> bytes:
    """Every key and every value, as Redis serialises them."""
    keys = server.do("KEYS", "*")
    return b"\n".join([*keys, *(server.do("DUMP", key) for key in keys)])


def test_what_is_said_in_any_place_turns_up_nowhere_else(
    scene: Scene, fast: ScriptedEngine, strong: ScriptedEngine, request: pytest.FixtureRequest
) -> None:
    served, refused = say_everything(scene, fast, strong), say_what_is_wrong(scene)
    failed = fail_in_every_way(scene, fast)
    answered = [*served, *refused, *failed]
    until(lambda: scene.logged() >= len(answered))
    until(lambda: sum("router.request_id" in each.about for each in scene.collector.spans) >= len(served))
    pages = look_at_the_console(scene, [each.header("x-request-id") or "" for each in (*served[::9], *answered[-40:])])

    left: dict[str, Sequence[bytes | str]] = {
        "the decision log": [scene.segments()],
        "what commands tell of it": tell(scene.log),
        "its segments as Parquet": [compacted(scene.log)],
        "spans": [*scene.collector.bodies, repr(scene.collector.headers)],
        "metrics": [ask(scene.router.admin, "GET", "/metrics", headers=way | BY_ADMIN).body for way in (OPEN, {})],
        "the cache": [scene.stored()],
        "what the process says": [(scene.folder / each).read_bytes() for each in ("stdout", "stderr")],
        "the console": pages,
        "the admin listener": [
            ask(scene.router.admin, "GET", each, headers=by).body for each in STATE for by in (BY_ADMIN, BY_NOBODY)
        ],
        "headers of answers": [repr(each.headers) for each in answered],
        "errors of engines": [each.body for each in failed],
        "errors of callers": [each.body for each in refused if each.status >= 400],
    }
    assert b"INFO:uvicorn" in b"".join(map(as_bytes, left["what the process says"]))
    key = scene.key.split("-", 2)[2].encode()
    found = {place: canaries_in(*said) for place, said in left.items()}
    assert {place: words for place, words in found.items() if words} == MAY_HAVE | kept_by(request)
    assert not [place for place, said in left.items() if key in b"".join(map(as_bytes, said))]
    assert not any(SECRETS.search(each.body.decode()) for each in failed)


def kept_by(request: pytest.FixtureRequest) -> dict[str, set[str]]:
    """What a cache keeps is answers: that is what it is for. Encrypted, it shows none."""
    return {} if request.node.callspec.params["scene"].endswith("encrypted") else {"the cache": {"answer"}}


def as_bytes(said: bytes | str) -> bytes:
    return said.encode() if isinstance(said, str) else said


def say_everything(scene: Scene, fast: ScriptedEngine, strong: ScriptedEngine) -> list[Response]:
    """Has every policy serve a request with a word in every place, plain, streamed and again."""
    for engine in (fast, strong):
        engine.does(answers(ANSWER))
    scene_of = request_fields(messages=[*ASKED["messages"], {"role": "user", "content": a_picture()}])
    said = []
    for model in MODELS:
        for fields in (ASKED, ASKED, scene_of):
            asked = {**fields, "model": model}
            said.append(post(scene.router.public, asked, scene.key, HEADERS))
            with open_stream(scene.router.public, asked, scene.key, HEADERS) as stream:
                said.append(stream.whole())
    assert {each.status for each in said} == {200}
    assert canary("answer").encode() in said[0].body
    return said


def say_what_is_wrong(scene: Scene) -> list[Response]:
    """Sends what is refused: wrong fields, wrong keys, no JSON, no such model, pictures from elsewhere."""
    to, auto = scene.router.public, ASKED | {"model": "auto"}
    elsewhere = {"type": "image_url", "image_url": {"url": PICTURE.replace(MEDIA_HOST, f"{canary('host')}.example")}}
    refused = [post(to, each, scene.key, HEADERS) for each in (*wrong_bodies(), ASKED | {"model": canary("model")})]
    refused += [post(to, auto, canary("wrongkey"), HEADERS), post(to, auto, None, {"x-api-key": canary("wrongkey")})]
    refused.append(post(to, json.dumps(auto).encode()[:-9], scene.key, HEADERS))
    refused.append(post(to, auto, scene.key, HEADERS | {"content-type": f"text/{canary('mediatype')}"}))
    refused.append(post(to, auto, scene.key, HEADERS | {"content-encoding": canary("encoding")}))
    refused.append(post(to, auto, scene.key, HEADERS | {"traceparent": canary("traceparent")}))
    refused.append(post(to, auto | {"messages": [{"role": "user", "content": [elsewhere]}]}, scene.key))
    assert sum(each.status >= 400 for each in refused) >= 20
    return refused


def fail_in_every_way(scene: Scene, fast: ScriptedEngine) -> list[Response]:
    """Has the engine fail, with words in what it says of that, before an answer and in the middle of one."""
    said = []
    broken = [hangs_up(), resets(), *(opens_and_then(ANSWER, then=says_it_failed(LEAKY, code)) for code in (400, 500))]
    for reply in (*FAILURES, *broken):
        for way in ({}, {"stream": True}):
            fast.does(reply)
            said.append(post(scene.router.public, {**ASKED, **way, "model": "auto:fast-only"}, scene.key, HEADERS))
    return said


def look_at_the_console(scene: Scene, request_ids: list[str]) -> list[bytes]:
    """Every page, with one for each request, and those of whom it does not let in."""
    visitor = Visitor(scene.router.admin)
    pages = [visitor.log_in(canary("wrongkey")).body, visitor.log_in(ADMIN_KEY).body]
    paths = ["/now", "/now/series", "/decisions", "/decisions?where=log", "/policies", "/policies/kept", "/engines"]
    paths += ["/try", *(f"/decisions/{each}" for each in request_ids)]
    paths += [f"/decisions/{each}?where=log" for each in request_ids[:1]]
    return [*pages, *(visitor.get(each).body for each in paths)]


def tell(log: Path) -> list[str]:
    """What the commands say of a log."""
    asked = [("tail", "--no-follow", "--since", "1d"), ("stats",), ("search", "auto")]
    return [succeeded(tandem("log", *each, "--log", log, *way)) for each in asked for way in ((), ("--json",))]


def compacted(log: Path) -> bytes:
    """The bytes of its segments as Parquet, and of its lines."""
    succeeded(tandem("log", "compact", "--log", log))
    files = [each.read_bytes() for each in log.glob("*.parquet")]
    assert files
    return b"\n".join([*files, *(line.text for line in record_lines(log))])


def a_picture() -> list[dict[str, Any]]:
    return [{"type": "image_url", "image_url": {"url": PICTURE}}]
