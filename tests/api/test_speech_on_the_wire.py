"""Speech in messages, of a router that runs and a server of transcriptions: it becomes text before anything is decided,
the answer and the record say so, and what goes wrong there is told clearly."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Routers
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.transcriptions import (
    Reply,
    TranscriptionServer,
    answers_with,
    hangs,
    says,
    transcription_server,
)
from tests.wire_client import CHAT, Response, open_stream, post

CANARY = "c4n4ry-5p0k3n"
EXPLAIN = "/router/v1/explain"


@pytest.fixture(scope="module")
def one_server() -> Iterator[TranscriptionServer]:
    with transcription_server() as server:
        yield server


@pytest.fixture
def asr(one_server: TranscriptionServer) -> TranscriptionServer:
    one_server.reply, one_server.uploads = says("What is the tallest tree?"), []
    return one_server


@pytest.fixture
def router(routers: Routers, asr: TranscriptionServer, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    spec = {"url": asr.url, "model": "whisper-1", "api_key": "sk-asr", "language": "en", "timeout_s": 6, "clips": 2}
    return routers.serve(asr=spec)


@pytest.fixture
def hearing(routers: Routers, asr: TranscriptionServer, fast: ScriptedEngine, strong: ScriptedEngine) -> RouterProcess:
    """A router both of whose tiers take speech as it is."""
    return routers.serve({"accepts": ["audio"]}, asr={"url": asr.url, "model": "whisper-1", "timeout_s": 0.5})


def clip(data: bytes, kind: str = "wav") -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": base64.b64encode(data).decode(), "format": kind}}


def asked(*parts: dict[str, Any], **beside: Any) -> dict[str, Any]:
    return {"model": "auto", "messages": [{"role": "user", "content": list(parts)}], **beside}


def error_of(response: Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json["error"]
    return found


def sent(engine: ScriptedEngine) -> Any:
    return engine.received[-1].fields["messages"][-1]["content"]


def test_speech_becomes_text_before_routing_and_the_answer_says_so(
    router: RouterProcess, asr: TranscriptionServer, fast: ScriptedEngine
) -> None:
    response = post(router.public, asked({"type": "text", "text": "Listen:"}, clip(b"one")))

    assert response.status == 200
    assert sent(fast) == [{"type": "text", "text": "Listen:"}, {"type": "text", "text": "What is the tallest tree?"}]
    assert response.header("x-router-transcribed") == "1"
    assert response.json["router"]["transcribed"]["clips"] == 1
    assert router.await_record(response.header("x-request-id"))["heard"]["clips"] == 1
    (upload,) = asr.uploads
    assert upload.fields == {"model": "whisper-1", "response_format": "json", "language": "en"}
    assert (upload.filename, upload.data, upload.authorization) == ("speech.wav", b"one", "Bearer sk-asr")


def test_a_stream_says_so_too(router: RouterProcess, fast: ScriptedEngine) -> None:
    with open_stream(router.public, asked(clip(b"streamed"))) as stream:
        payloads = stream.payloads()

    assert json.loads(payloads[-2])["router"]["transcribed"]["clips"] == 1


def test_what_was_said_is_what_is_decided_about(
    router: RouterProcess, asr: TranscriptionServer, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    asr.reply = says("What is the maximum daily dose of ibuprofen in mg for a child?")

    response = post(router.public, asked(clip(b"risky")))

    assert response.header("x-router-tier") == "strong"


def test_speech_may_come_as_a_data_address(router: RouterProcess, asr: TranscriptionServer) -> None:
    url = "data:audio/mpeg;base64," + base64.b64encode(b"an mp3").decode()

    assert post(router.public, asked({"type": "audio_url", "audio_url": {"url": url}})).status == 200
    assert (asr.uploads[0].filename, asr.uploads[0].data) == ("speech.mp3", b"an mp3")


def test_a_request_without_speech_is_sent_nowhere(router: RouterProcess, asr: TranscriptionServer) -> None:
    response = post(router.public, asked({"type": "text", "text": "Hello."}))

    assert (response.status, response.header("x-router-transcribed"), asr.uploads) == (200, None, [])


def test_a_clip_is_transcribed_once_for_a_tenant_and_again_for_another(
    routers: Routers, asr: TranscriptionServer, keys: Any, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    spec = {"url": asr.url, "model": "whisper-1"}
    keyed = routers.serve(keys=keys["file"], asr=spec)
    secrets = [value for name, value in keys.items() if name not in ("file",)][:2]

    first, again, other = (
        post(keyed.public, asked(clip(b"again")), secret) for secret in (secrets[0], secrets[0], secrets[1])
    )

    assert [each.status for each in (first, again, other)] == [200, 200, 200]
    assert [each.json["router"]["transcribed"]["known"] for each in (first, again, other)] == [0, 1, 0]
    assert len(asr.uploads) == 2


@pytest.mark.parametrize(
    ("part", "says_what"),
    [
        (clip(b"x", "exe"), "format"),
        (clip(b""), "empty"),
        ({"type": "input_audio", "input_audio": {"data": "???", "format": "wav"}}, "base64"),
        ({"type": "input_audio", "input_audio": {"data": "AAAA"}}, "data and format"),
        ({"type": "input_audio"}, "data and format"),
        ({"type": "audio_url", "audio_url": "data:text/plain;base64,AAAA"}, "data:audio"),
    ],
)
def test_a_clip_that_is_none_is_refused_and_sent_nowhere(
    router: RouterProcess, asr: TranscriptionServer, part: dict[str, Any], says_what: str
) -> None:
    response = post(router.public, asked(part))

    assert response.status == 400
    assert error_of(response)["param"] == "messages"
    assert says_what in error_of(response)["message"]
    assert asr.uploads == []


def test_more_clips_than_are_heard_are_refused(router: RouterProcess, asr: TranscriptionServer) -> None:
    response = post(router.public, asked(clip(b"a"), clip(b"b"), clip(b"c")))

    assert (response.status, "at most 2" in error_of(response)["message"], asr.uploads) == (400, True, [])


def test_a_clip_over_the_limit_is_refused(
    routers: Routers, asr: TranscriptionServer, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    small = routers.serve(asr={"url": asr.url, "model": "m", "clip_mb": 1})

    response = post(small.public, asked(clip(b"x" * (1024 * 1024 + 3))))

    assert (response.status, asr.uploads) == (400, [])


@pytest.mark.parametrize("reply", [answers_with(500), answers_with(503), answers_with(200, "<html>"), hangs])
def test_while_nothing_can_be_transcribed_there_is_a_503_that_says_so(
    router: RouterProcess, asr: TranscriptionServer, reply: Reply
) -> None:
    asr.reply = reply
    known = router.settled()

    response = post(router.public, asked(clip(str(reply).encode())))

    assert response.status == 503
    assert error_of(response)["message"] == "speech cannot be transcribed now"
    assert router.await_next_record(known)["outcome"] == "failed"


def test_a_server_that_keeps_failing_is_left_alone(
    routers: Routers, asr: TranscriptionServer, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    asr.reply = answers_with(500)
    router = routers.serve(asr={"url": asr.url, "model": "whisper-1"}, breakers=True)

    statuses = {post(router.public, asked(clip(b"again and again"))).status for _ in range(8)}

    assert statuses == {503}
    assert len(asr.uploads) == 5


def test_what_the_server_does_not_take_is_the_callers_to_change(
    router: RouterProcess, asr: TranscriptionServer
) -> None:
    asr.reply = answers_with(400, f'{{"error":{{"message":"{CANARY}"}}}}')

    response = post(router.public, asked(clip(b"noise")))

    assert (response.status, error_of(response)["param"]) == (400, "messages")
    assert CANARY not in response.body.decode()


def test_where_a_tier_hears_by_itself_it_gets_what_cannot_be_transcribed(
    hearing: RouterProcess, asr: TranscriptionServer, fast: ScriptedEngine
) -> None:
    asr.reply = answers_with(500)

    response = post(hearing.public, asked(clip(b"heard by the model")))

    assert response.status == 200
    assert sent(fast) == [clip(b"heard by the model")]
    assert response.header("x-router-transcribed") == "failed"
    assert response.json["router"]["transcribed"]["is_failed"] is True


def test_a_latency_budget_holds_for_hearing_too(router: RouterProcess, asr: TranscriptionServer) -> None:
    asr.reply = hangs

    response = post(router.public, asked(clip(b"late")), headers={"x-router-latency-budget-ms": "300"})

    assert (response.status, error_of(response)["code"]) == (504, "deadline_exceeded")


def test_explaining_asks_nobody(router: RouterProcess, asr: TranscriptionServer) -> None:
    response = post(router.public, asked(clip(b"what if")), path=EXPLAIN)

    assert (response.status, asr.uploads) == (200, [])


def test_nothing_that_was_said_is_in_any_trace_of_the_request(router: RouterProcess, asr: TranscriptionServer) -> None:
    asr.reply = says(f"tell me {CANARY}")
    response = post(router.public, asked(clip(CANARY.encode())))
    router.await_record(response.header("x-request-id"))

    encoded = base64.b64encode(CANARY.encode())
    for trace in (router.decision_log(), router.read_log().encode(), router.metrics_text().encode()):
        assert CANARY.encode() not in trace
        assert encoded not in trace


def test_without_anybody_who_transcribes_speech_is_refused_by_name(
    routers: Routers, fast: ScriptedEngine, strong: ScriptedEngine
) -> None:
    response = post(routers.serve().public, asked(clip(b"x")), path=CHAT)

    assert (response.status, error_of(response)["param"]) == (400, "messages")
