"""Speech in a request: found where it stands, and replaced by words without a change to anything else."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.chat_request import Limits, read_request
from router.core.errors import InvalidRequest
from router.core.speech import Clip, clips_of, holds_speech, with_words
from router.core.values import ChatRequest

MB = 1024 * 1024


def request_of(*messages: Any) -> ChatRequest:
    body = json.dumps({"model": "auto", "messages": messages, "temperature": 0.5}).encode()
    return read_request(body, {}, Limits())[0]


def said(data: bytes, kind: str = "wav") -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": base64.b64encode(data).decode(), "format": kind}}


text = st.builds(lambda words: {"type": "text", "text": words}, st.text(max_size=9))
image = st.just({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}, "detail": "low"})
spoken = st.builds(said, st.binary(min_size=1, max_size=9), st.sampled_from(["wav", "mp3"]))
message = st.builds(
    lambda role, content: {"role": role, "content": content, "name": "n"},
    st.sampled_from(["user", "assistant", "developer"]),
    st.text(max_size=9) | st.none() | st.lists(text | image | spoken, max_size=5),
)


@given(st.lists(message, min_size=1, max_size=4))
def test_words_stand_where_the_clips_stood_and_all_else_stays(messages: list[Any]) -> None:
    request = request_of(*messages)
    clips = clips_of(request, MB)
    heard = with_words(request, [f"<{at}>" for at in range(len(clips))])

    expected, at = json.loads(json.dumps(messages)), 0
    for each in expected:
        for place, part in enumerate(each["content"] if isinstance(each["content"], list) else ()):
            if part["type"] == "input_audio":
                each["content"][place] = {"type": "text", "text": f"<{at}>"}
                at += 1

    assert (at, holds_speech(request), holds_speech(heard)) == (len(clips), bool(clips), False)
    assert json.loads(bytes(heard.fields["messages"])) == expected
    assert heard.messages == request_of(*expected).messages
    assert bytes(heard.fields["temperature"]) == b"0.5"


def test_clips_are_decoded_in_their_order() -> None:
    url = {"type": "audio_url", "audio_url": {"url": "data:audio/x-wav;base64,Yg=="}}
    request = request_of({"role": "user", "content": [said(b"a", "mp3"), url]})

    assert clips_of(request, MB) == [Clip(b"a", "mp3"), Clip(b"b", "wav")]


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_a_clip_may_be_as_large_as_the_limit(size: int) -> None:
    whole = request_of({"role": "user", "content": [said(b"x" * (999 + size))]})

    assert len(clips_of(whole, 999 + size)[0].data) == 999 + size
    with pytest.raises(InvalidRequest):
        clips_of(request_of({"role": "user", "content": [said(b"x" * 9_999)]}), 999 + size)


def test_speech_that_is_only_pointed_at_is_not_fetched() -> None:
    allowed = Limits(media_hosts=frozenset(("media.example",)))
    part = {"type": "audio_url", "audio_url": {"url": "https://media.example/a.wav"}}
    body = json.dumps({"model": "auto", "messages": [{"role": "user", "content": [part]}]}).encode()

    with pytest.raises(InvalidRequest, match="data:audio"):
        clips_of(read_request(body, {}, allowed)[0], MB)
