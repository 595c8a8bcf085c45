"""Media an engine would have to fetch is refused: engines stand inside, and fetch what they are told to."""

from typing import Any

import pytest

from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post

PIXEL = "data:image/png;base64,iVBORw0KGgo="
KINDS = ["image_url", "video_url", "audio_url"]

REMOTE = [
    "http://127.0.0.1/x.png",
    "http://127.0.0.1:8000/v1/models",
    "http://localhost/x.png",
    "http://[::1]/x.png",
    "http://[::ffff:127.0.0.1]/x.png",
    "http://0x7f000001/x.png",
    "http://2130706433/x.png",
    "http://0177.0.0.1/x.png",
    "http://127.1/x.png",
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/",
    "http://127.0.0.1.nip.io/x.png",
    "https://redirects.example/to-internal",
    "//127.0.0.1/x.png",
    "HTTP://127.0.0.1/x.png",
    " http://127.0.0.1/x.png",
    "\thttp://127.0.0.1/x.png",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "ftp://127.0.0.1/x",
    "s3://bucket/x",
    "jar:file:///x!/",
    "/etc/passwd",
    "x.png",
    "",
    "http://[",
    "https://",
    "DATA:image/png;base64,AAAA",
    " data:image/png;base64,AAAA",
]

NEARLY_ALLOWED = [
    "http://img.example/x.png",
    "https://img.example.evil.test/x.png",
    "https://evil.test/img.example",
    "https://evil.test#img.example",
    "https://evil.test?img.example",
    "https://img.example@evil.test/x.png",
    "https://evil.test:443#@img.example/x.png",
    "https://sub.img.example/x.png",
    "https://img.example\\@evil.test/x.png",
    "https://evil.test\\@img.example/x.png",
    "https://evil.test%5c@img.example/x.png",
    "https://user:secret@img.example/x.png",
    "https://img.example\n@evil.test/x.png",
    "https:/img.example/x.png",
    "https:\\\\img.example\\x.png",
]
"""What a careless reader of addresses takes for the one host that is allowed, or reads unlike the next reader."""


def showing(*parts: Any) -> dict[str, Any]:
    """A request whose message holds these parts."""
    return {"model": "auto", "messages": [{"role": "user", "content": [{"type": "text", "text": "What?"}, *parts]}]}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("url", REMOTE)
def test_remote_media_is_refused(
    router: RouterProcess, fast: ScriptedEngine, strong: ScriptedEngine, kind: str, url: str
) -> None:
    for media in ({"url": url}, url):
        response = post(router.public, showing({"type": kind, kind: media}))
        assert (response.status, response.error["param"]) == (400, "messages")
        assert len(url) < 6 or url not in response.error["message"]
    assert not fast.received + strong.received


@pytest.mark.parametrize("url", NEARLY_ALLOWED)
def test_an_address_that_only_looks_like_an_allowed_one_is_refused(
    elaborate: RouterProcess, fast: ScriptedEngine, url: str
) -> None:
    response = post(elaborate.public, showing({"type": "image_url", "image_url": {"url": url}}))

    assert response.status == 400
    assert not fast.received


@pytest.mark.parametrize("url", [PIXEL, "https://img.example/x.png", "https://IMG.example/x.png?size=2"])
@pytest.mark.parametrize("kind", KINDS)
def test_data_and_the_hosts_on_the_list_are_passed_on(
    elaborate: RouterProcess, fast: ScriptedEngine, kind: str, url: str
) -> None:
    part = {"type": kind, kind: {"url": url}}

    response = post(elaborate.public, showing(part))

    assert response.status == 200
    assert fast.received[0].fields["messages"][0]["content"][1] == part


def test_a_data_address_of_ten_megabytes_is_passed_on(elaborate: RouterProcess, fast: ScriptedEngine) -> None:
    part = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 10_000_000}}

    assert post(elaborate.public, showing(part)).status == 200
    assert len(fast.received[0].body) > 10_000_000


def test_a_part_that_names_two_addresses_is_judged_by_both(elaborate: RouterProcess, fast: ScriptedEngine) -> None:
    inside = {"url": "http://127.0.0.1:8000/"}

    for first, second in (("image_url", "video_url"), ("image_url", "audio_url"), ("video_url", "audio_url")):
        for kind in (first, second):
            part = {"type": kind, first: {"url": PIXEL}, second: inside}
            assert post(elaborate.public, showing(part)).status == 400, (kind, first, second)
    assert not fast.received


def test_of_an_address_that_is_given_twice_the_one_the_engine_reads_is_judged(
    elaborate: RouterProcess, fast: ScriptedEngine
) -> None:
    twice = b'{"type":"image_url","image_url":{"url":"%b","url":"http://127.0.0.1/"}}' % PIXEL.encode()
    body = b'{"model":"auto","messages":[{"role":"user","content":[%b]}]}' % twice

    assert post(elaborate.public, body).status == 400
    assert not fast.received


def test_media_is_judged_in_every_message_of_every_role(elaborate: RouterProcess, fast: ScriptedEngine) -> None:
    part = {"type": "image_url", "image_url": {"url": "http://127.0.0.1/"}}

    for role in ("system", "developer", "assistant", "tool", "user"):
        messages = [{"role": role, "content": [part]}, {"role": "user", "content": "hi"}]
        assert post(elaborate.public, {"model": "auto", "messages": messages}).status == 400, role
    assert not fast.received


@pytest.mark.parametrize(
    "part",
    [
        {"image_url": "http://127.0.0.1/"},
        {"type": "image", "image_url": "http://127.0.0.1/"},
        {"type": "input_image", "image_url": "http://127.0.0.1/"},
        {"type": "text", "text": "hi", "image_url": "http://127.0.0.1/"},
        {"type": "image_url", "image_url": {"url": None}},
        {"type": "image_url", "image_url": {"url": ["http://127.0.0.1/"]}},
        {"type": "image_url", "image_url": ["http://127.0.0.1/"]},
        {"type": 7, "image_url": "http://127.0.0.1/"},
        "http://127.0.0.1/",
        None,
    ],
)
def test_a_part_of_an_odd_shape_does_not_get_an_address_past(
    elaborate: RouterProcess, fast: ScriptedEngine, part: Any
) -> None:
    response = post(elaborate.public, showing(part))

    assert response.status == 400
    assert not fast.received


def test_media_that_no_tier_accepts_is_refused_by_name(router: RouterProcess) -> None:
    response = post(router.public, showing({"type": "image_url", "image_url": {"url": PIXEL}}))

    assert response.status == 400
    assert (response.error["code"], response.error["param"]) == ("unsupported_parameter", "messages")
    assert "image" in response.error["message"]
