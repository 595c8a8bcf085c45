"""How long answers are expected to be, once some have been served."""

import pytest

from router.core.values import ChatRequest, Message, Part
from router.ports import Asked
from router.stores.lengths import LocalLengths
from tests.dispatch.scenes import Scene, asking, backend
from tests.doubles import Ends, Says


def asking_for(text: str, **parameters: object) -> Asked:
    asked = asking(streamed=False, parameters=parameters)
    request = asked.request
    said = (Message("user", (Part("text", text),)),)
    return Asked(
        ChatRequest(request.model, said, request.parameters, request.fields, request.body_bytes),
        asked.hints,
        asked.caller,
        asked.request_id,
    )


STORY = "Write a story about bees."


def serve(tokens: int, times: int, *asks: Asked) -> list[tuple[int, int]]:
    """The lengths expected for these asks, after so many answers of as many tokens to `STORY`."""
    lengths = LocalLengths()
    scene = Scene(backend(Says(b"."), Ends(tokens)), backend(), lengths=lengths)
    for _ in range(times):
        scene.play(asking_for(STORY))
    lengths.take(scene.log.records)
    scene.log.records.clear()
    for each in asks:
        scene.play(each)
    found = [record.situation.signals for record in scene.log.records if record.situation is not None]
    assert [record.answer_tokens_estimate for record in scene.log.records] == [each.answer_tokens for each in found]
    return [(each.answer_tokens, each.answer_tokens_p90) for each in found]


def test_the_estimate_follows_the_answers() -> None:
    ((before, _),) = serve(0, 0, asking_for(STORY))
    ((after, p90),) = serve(10 * before, 30, asking_for(STORY))

    assert 10 * before == pytest.approx(after, rel=0.05)
    assert p90 == pytest.approx(after, rel=0.05)


def test_the_callers_cap_and_an_asked_for_form_hold_all_the_same() -> None:
    capped, form = asking_for(STORY, max_tokens=20), asking_for("Write a story about bees in one word.")

    assert serve(4_000, 30, capped, form) == [(20, 20), *serve(0, 0, form)]
