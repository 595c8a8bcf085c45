"""What of texts may be told in traces: shortened, and without what is not for others."""

import asyncio
import json
import re

import pytest

from router.core.errors import EngineFailed
from router.core.moves import Ended
from router.core.values import Message, Part
from router.ports import Asked, Head
from router.telemetry.transcripts import MOST_HEARD, REDACTED, Redaction, Transcripts
from tests.dispatch.scenes import OWNER, Hints
from tests.doubles import RecordingAnswer
from tests.examples import chat_request

HEAD = Head("fast", "r", "p", "rule", (), (), ())


def asked(*texts: str, request_id: str = "r1") -> Asked:
    roles = ["user", "assistant"] * len(texts)
    messages = [Message(role, (Part("text", text),)) for role, text in zip(roles, texts, strict=False)]
    return Asked(chat_request(*messages), Hints(), OWNER, request_id)


def body(text: str) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
    return json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()


def transcripts(*patterns: str, most_chars: int = 1000) -> Transcripts:
    return Transcripts(Redaction(tuple(map(re.compile, patterns)), most_chars))


def play(listening: Transcripts, request: Asked, said: str) -> RecordingAnswer:
    heard = RecordingAnswer()

    async def answering() -> None:
        answer = listening.listen(request, heard)
        await answer.begin(HEAD)
        await answer.release(body(said))
        await answer.end(HEAD, Ended(1, b"", None, None))

    asyncio.run(answering())
    return heard


def test_question_and_answer_are_told_as_the_conventions_have_messages() -> None:
    listening = transcripts()
    play(listening, asked("Hello.", "Hi.", "What is it?"), "A pipe.")
    spoken = listening.claim("r1")
    assert spoken is not None

    told = listening.told(spoken)

    assert (told.question, told.answer) == ("What is it?", "A pipe.")
    assert json.loads(told.input_messages) == [
        {"role": "user", "parts": [{"type": "text", "content": "Hello."}]},
        {"role": "assistant", "parts": [{"type": "text", "content": "Hi."}]},
        {"role": "user", "parts": [{"type": "text", "content": "What is it?"}]},
    ]
    assert json.loads(told.output_messages) == [
        {"role": "assistant", "parts": [{"type": "text", "content": "A pipe."}]}
    ]


def test_what_matches_a_pattern_is_told_nowhere() -> None:
    listening = transcripts(r"\b\d{4}-\d{4}\b", "(?i)password: *\\S+")
    play(listening, asked("My card is 1234-5678."), "Your PASSWORD: hunter2 is safe.")
    spoken = listening.claim("r1")
    assert spoken is not None

    told = listening.told(spoken)

    assert told.question == f"My card is {REDACTED}."
    assert told.answer == f"Your {REDACTED} is safe."
    assert "1234" not in told.input_messages
    assert "hunter2" not in told.output_messages


def test_a_text_is_shortened_after_what_it_hides_is_gone() -> None:
    told = Redaction((re.compile("secret-[0-9]+"),), 12).told("a long secret-123456789 indeed")

    assert told == "a long __RE…"


def test_of_a_long_conversation_the_end_is_told() -> None:
    listening = transcripts(most_chars=10)
    play(listening, asked("x" * 50, "y" * 6, "z" * 6), "w" * 50)
    spoken = listening.claim("r1")
    assert spoken is not None

    told = json.loads(listening.told(spoken).input_messages)

    assert [each["parts"][0]["content"] for each in told] == ["yyyy", "zzzzzz"]


def test_what_was_heard_is_claimed_once() -> None:
    listening = transcripts()
    play(listening, asked("Hello."), "Hi.")

    assert listening.claim("r1") is not None
    assert listening.claim("r1") is None


def test_an_answer_that_broke_off_is_not_told() -> None:
    listening = transcripts()

    async def answering() -> None:
        answer = listening.listen(asked("Hello."), RecordingAnswer())
        await answer.begin(HEAD)
        await answer.release(body("half"))
        await answer.break_off(HEAD, EngineFailed("gone"))

    asyncio.run(answering())
    spoken = listening.claim("r1")
    assert spoken is not None

    assert (listening.told(spoken).answer, listening.told(spoken).output_messages) == ("", "")


def test_the_caller_gets_what_it_would_have_got() -> None:
    heard = play(transcripts(), asked("Hello."), "Hi.")

    assert heard.released == body("Hi.")


@pytest.mark.parametrize("more", [1, 10])
def test_no_more_requests_are_listened_to_than_there_is_room_for(more: int) -> None:
    listening = transcripts()

    for number in range(MOST_HEARD + more):
        listening.listen(asked("Hello.", request_id=str(number)), RecordingAnswer())

    assert listening.claim("0") is None
    assert listening.claim(str(MOST_HEARD)) is not None
