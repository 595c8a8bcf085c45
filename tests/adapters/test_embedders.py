"""What every embedder promises, asked of each of them; and what each does when it cannot keep it."""

import asyncio
import logging
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from aiohttp import web

from router.assembly.embedders import open_embedder
from router.config.embedding_settings import RemoteSpec, StaticSpec
from router.core.breaker import CONSECUTIVE, FIRST_REST_S
from router.core.caching.asking import Question
from router.core.caching.embedding import Vector, cosine
from router.core.errors import SettingsError
from router.engines.remote_embedder import MOST_BYTES, MOST_CALLS, RemoteEmbedder, Service, open_remote_embedder
from router.engines.static_embedder import load_static_embedder
from router.ports import Embedder
from router.silence import open_silence
from router.stores.losses import Losses
from router.stores.questions import LocalQuestions
from tests.asked_before import key_of_same
from tests.doubles import HandClock, LoopClock
from tests.vectors import NUMBERS, EmbeddingServer, Reply, as_openai, embedding_server, save_tiny_model, with_numbers

TEXTS = ("How do I water a fern?", "Where is Oslo?", "how do i reset my password")
SOON_S = 0.1
PATIENT_S = 5.0

Result = TypeVar("Result")


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Embedder]:
    """An embedder of this kind, as the settings open it."""
    async with open_silence() as silence, embedding_server() as server:
        forms = {
            "hashed": "hashed",
            "model2vec": StaticSpec(kind="model2vec", path=save_tiny_model(folder)),
            "openai": RemoteSpec(kind="openai", url=server.url, model="m", timeout_s=PATIENT_S),
        }
        async with open_embedder(forms[kind], silence, LoopClock(), Losses().count_unembedded) as embedder:  # type: ignore[arg-type]
            yield embedder


@pytest.fixture(params=["hashed", "model2vec", "openai"])
def embedded(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., list[Vector | None]]:
    """Vectors of these texts, by each kind of embedder."""

    def embed(*texts: str) -> list[Vector | None]:
        async def work() -> list[Vector | None]:
            async with opened(request.param, tmp_path) as embedder:
                return [await embedder.embed(Question("p", text)) for text in texts]

        return asyncio.run(work())

    return embed


# --- what all promise -------------------------------------------------------------------------------------------


def test_vectors_have_length_one_and_are_as_long_as_each_other(embedded: Callable[..., list[Vector]]) -> None:
    vectors = embedded(*TEXTS)

    assert [vector.dtype for vector in vectors] == [np.float32] * len(TEXTS)
    assert len({vector.shape for vector in vectors}) == 1
    assert [float(np.linalg.norm(vector)) for vector in vectors] == pytest.approx([1.0] * len(TEXTS), abs=1e-5)


def test_a_text_has_one_vector_and_texts_about_other_things_have_others(embedded: Callable[..., list[Vector]]) -> None:
    one, other, again = embedded(TEXTS[0], TEXTS[1], TEXTS[0])

    assert cosine(one, again) == pytest.approx(1.0)
    assert cosine(one, other) < 0.9


def test_where_there_is_nothing_to_embed_there_is_no_vector(embedded: Callable[..., list[Vector | None]]) -> None:
    assert embedded("") == [None]


def test_no_two_embedders_go_by_one_name(tmp_path: Path) -> None:
    async def names() -> list[str]:
        found = []
        for kind in ("hashed", "model2vec", "openai"):
            async with opened(kind, tmp_path) as embedder:
                found.append(embedder.name)
        return found

    assert len(set(asyncio.run(names()))) == 3


# --- a model in a folder ----------------------------------------------------------------------------------------


def test_a_model_is_named_for_what_it_is(tmp_path: Path) -> None:
    one = load_static_embedder(save_tiny_model(tmp_path / "one"))
    same = load_static_embedder(save_tiny_model(tmp_path / "same"))

    assert one.name == same.name
    assert one.name.startswith("model2vec:")


def test_a_text_of_which_a_model_knows_no_word_has_no_vector(tmp_path: Path) -> None:
    assert load_static_embedder(save_tiny_model(tmp_path)).vector("xyzzy") is None


@pytest.mark.parametrize("name", ["nothing/there", "minishlab/potion-base-8M"])
def test_a_folder_that_is_not_there_is_never_looked_for_elsewhere(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not a folder"):
        load_static_embedder(tmp_path / name)


@pytest.mark.parametrize("spoilt", ["config.json", "tokenizer.json", "model.safetensors"])
@pytest.mark.parametrize("how", ["missing", "garbled"])
def test_a_folder_that_holds_no_whole_model_is_named(spoilt: str, how: str, tmp_path: Path) -> None:
    path = save_tiny_model(tmp_path) / spoilt
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(b"\x00nothing")

    with pytest.raises(SettingsError, match="holds no model2vec model"):
        load_static_embedder(tmp_path)


def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "model2vec", None)

    with pytest.raises(SettingsError, match=r"tandem-router\[semantic\]"):
        load_static_embedder(tmp_path)


# --- a server ---------------------------------------------------------------------------------------------------


class Scene:
    """A remote embedder in front of a server, under a clock set by hand."""

    def __init__(self, server: EmbeddingServer, embedder: RemoteEmbedder, losses: Losses, clock: HandClock) -> None:
        self.server = server
        self.embedder = embedder
        self.losses = losses
        self.clock = clock

    async def embed(self, text: str, partition: str = "p") -> Vector | None:
        """The vector of a question."""
        return await self.embedder.embed(Question(partition, text))

    async def embed_each(self, count: int) -> list[Vector | None]:
        """Embeds so many texts that were never embedded before, one after the other."""
        return [await self.embed(f"text {len(self.server.bodies)} {number}") for number in range(count)]


def played(work: Callable[[Scene], Awaitable[Result]], reply: Reply = as_openai, **service: Any) -> Result:
    async def play() -> Result:
        async with open_silence() as silence, embedding_server() as server:
            server.reply = reply
            losses, clock = Losses(), HandClock()
            asked = Service(**{"url": server.url, "model": "m", "timeout_s": PATIENT_S, **service})
            async with open_remote_embedder(asked, silence, clock, losses.count_unembedded) as embedder:
                return await work(Scene(server, embedder, losses, clock))

    return asyncio.run(play())


async def hanging(_request: web.Request, _body: Mapping[str, Any]) -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


async def dripping(request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(600):
        await response.write(b" ")
        await asyncio.sleep(0.01)
    return response


async def cut_off(request: web.Request, _body: Mapping[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"data": [')
    assert request.transport is not None
    request.transport.abort()
    return response


def saying(text: str, status: int = 200) -> Reply:
    return lambda _request, _body: web.Response(text=text, status=status, headers={"Location": "http://127.0.0.1:9/"})


def counting(numbers: list[Any]) -> Reply:
    return lambda _request, _body: with_numbers(numbers)


ONE = [1.0] * NUMBERS
WRONG: Mapping[str, Reply] = {
    "500": saying("no", 500),
    "503": saying("no", 503),
    "429": saying("no", 429),
    "401": saying("no", 401),
    "404": saying("no", 404),
    "a redirection": saying("", 307),
    "no JSON": saying("<html>"),
    "an empty answer": saying(""),
    "another shape": saying('{"vectors": [[1.0]]}'),
    "no vector": saying('{"data": []}'),
    "two vectors": saying('{"data": [{"embedding": [1.0]}, {"embedding": [1.0]}]}'),
    "words for numbers": counting(["one"] * NUMBERS),
    "zeros": counting([0.0] * NUMBERS),
    "too large a number": saying('{"data": [{"embedding": [' + ", ".join(["1e400"] * NUMBERS) + "]}]}"),
    "NaN": saying('{"data": [{"embedding": [' + ", ".join(["NaN"] * NUMBERS) + "]}]}"),
    "too few numbers": counting(ONE[1:]),
    "too many numbers": counting([*ONE, 1.0]),
    "too deep": saying('{"x": ' + "[" * 100_000),
    "too much": saying(" " * (MOST_BYTES + 1)),
    "an answer cut off": cut_off,
}


@pytest.mark.parametrize("fault", WRONG)
def test_whatever_is_wrong_there_is_no_vector_and_no_error(fault: str) -> None:
    async def work(scene: Scene) -> tuple[Vector | None, int]:
        return await scene.embed("a"), scene.losses.unembedded

    assert played(work, WRONG[fault], dimensions=NUMBERS) == (None, 1)


@pytest.mark.parametrize("reply", [hanging, dripping])
def test_nobody_waits_longer_than_the_settings_say(reply: Reply) -> None:
    async def work(scene: Scene) -> tuple[Vector | None, float]:
        started_s = time.monotonic()
        return await scene.embed("a"), time.monotonic() - started_s

    vector, took_s = played(work, reply, timeout_s=SOON_S)
    assert vector is None
    assert SOON_S <= took_s < SOON_S + 1.0


def test_a_server_that_is_not_there_is_no_error() -> None:
    async def work(scene: Scene) -> list[Vector | None]:
        return await scene.embed_each(2)

    assert played(work, url="http://127.0.0.1:9") == [None, None]


def test_a_server_that_keeps_failing_is_left_alone_and_tried_again_later(caplog: pytest.LogCaptureFixture) -> None:
    async def work(scene: Scene) -> tuple[list[int], Vector | None]:
        await scene.embed_each(CONSECUTIVE + 7)
        calls = [len(scene.server.bodies)]
        scene.clock.pass_s(FIRST_REST_S + 0.1)
        scene.server.reply = as_openai
        again = (await scene.embed_each(3))[-1]
        return [*calls, len(scene.server.bodies)], again

    with caplog.at_level(logging.WARNING):
        calls, again = played(work, WRONG["500"])

    assert calls == [CONSECUTIVE, CONSECUTIVE + 3]
    assert again is not None
    assert ["again" in each.message for each in caplog.records] == [False, True]
    assert "status 500" in caplog.records[0].message


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_that_is_refused_says_nothing_of_the_next(status: int, caplog: pytest.LogCaptureFixture) -> None:
    async def work(scene: Scene) -> Vector | None:
        await scene.embed_each(CONSECUTIVE + 2)
        scene.server.reply = as_openai
        return await scene.embed("a")

    assert played(work, saying("no", status)) is not None
    assert len(caplog.records) == 1


def test_the_first_vector_says_how_many_numbers_all_have() -> None:
    async def work(scene: Scene) -> list[bool]:
        first = await scene.embed("a")
        scene.server.reply = counting([1.0] * (NUMBERS + 1))
        return [each is not None for each in (first, await scene.embed("b"))]

    assert played(work) == [True, False]


def test_those_who_ask_for_one_text_at_once_share_a_call_and_later_ones_need_none() -> None:
    async def work(scene: Scene) -> tuple[int, list[str]]:
        together = await asyncio.gather(*[scene.embed("a") for _ in range(50)])
        later = await scene.embed("a")
        return sum(each is not None for each in (*together, later)), scene.server.texts

    assert played(work) == (51, ["a"])


def test_what_another_tenant_has_asked_is_asked_for_again_and_takes_as_long() -> None:
    async def work(scene: Scene) -> list[str]:
        await asyncio.gather(scene.embed("a"), scene.embed("a", "another tenant's"))
        await asyncio.gather(scene.embed("a"), scene.embed("a", "a third one's"))
        return scene.server.texts

    assert played(work) == ["a"] * 3


def test_who_leaves_takes_the_vector_from_nobody() -> None:
    async def slow(request: web.Request, body: Mapping[str, Any]) -> web.Response:
        await asyncio.sleep(0.1)
        return as_openai(request, body)

    async def work(scene: Scene) -> tuple[bool, list[str]]:
        first, second = (asyncio.create_task(scene.embed("a")) for _ in range(2))
        await asyncio.sleep(0.05)
        first.cancel()
        await asyncio.wait((first,))
        return await second is not None, scene.server.texts

    assert played(work, slow) == (True, ["a"])


def test_more_questions_than_may_be_asked_at_once_get_no_vector_at_once() -> None:
    async def work(scene: Scene) -> tuple[int, int]:
        found = await asyncio.gather(*[scene.embed(f"text {number}") for number in range(MOST_CALLS + 9)])
        return sum(each is not None for each in found), len(scene.server.bodies)

    assert played(work) == (MOST_CALLS, MOST_CALLS)


def test_a_server_is_sent_what_openai_takes() -> None:
    async def work(scene: Scene) -> tuple[Mapping[str, Any], str | None, str | None]:
        await scene.embed("Where is Oslo?")
        headers = scene.server.headers[0]
        return scene.server.bodies[0], headers.get("Authorization"), headers.get("Content-Type")

    plain = {"model": "m", "input": "Where is Oslo?", "encoding_format": "float"}
    assert played(work) == (plain, None, "application/json")
    body, authorization, _ = played(work, api_key="secret", dimensions=NUMBERS)
    assert body == {**plain, "dimensions": NUMBERS}
    assert authorization == "Bearer secret"


def test_keys_are_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    async def work(scene: Scene) -> None:
        await scene.embed_each(CONSECUTIVE + 1)

    with caplog.at_level(logging.DEBUG):
        played(work, WRONG["401"], api_key="canary-key")

    assert caplog.records
    assert "canary-key" not in caplog.text


def test_a_question_is_found_by_vectors_from_afar_and_costs_one_call() -> None:
    same = counting(ONE)

    async def work(scene: Scene) -> tuple[str | None, str | None, list[str]]:
        questions = LocalQuestions(scene.embedder)
        fern, again = Question("p", "How do I water a fern?"), Question("p", "how can I water a fern")
        before = await key_of_same(questions, fern, 0.5)
        await questions.remember(fern, "k")
        return before, await key_of_same(questions, again, 0.5), scene.server.texts

    assert played(work, same) == (None, "k", ["How do I water a fern?", "how can I water a fern"])


def test_when_there_is_no_vector_the_look_up_is_a_miss() -> None:
    async def work(scene: Scene) -> tuple[str | None, int]:
        questions = LocalQuestions(scene.embedder)
        fern = Question("p", "How do I water a fern?")
        await questions.remember(fern, "k")
        return await key_of_same(questions, fern, 0.0), scene.losses.unembedded

    assert played(work, WRONG["503"]) == (None, 2)
