"""How vLLM 0.32 says no: the bodies of its errors, before a stream and inside one."""

import json
from collections.abc import Mapping
from typing import Any

from tandem_serving.simulator.wire import DONE, compact

ENGINE_DEAD = "EngineCore encountered an issue. See stack trace (above) for the root cause."
_UNSAID = object()


class Refusal(Exception):
    """The server will not serve this request, whether it is streamed or not."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(body)
        self.status = status
        self.body = body

    def as_plain_body(self) -> bytes:
        """The body of an answer with `status`."""
        return compact(self.body)

    def as_events(self) -> bytes:
        """The end of a stream that has already said 200. Here, unlike in its chunks, vLLM writes spaces."""
        return b"data: " + json.dumps(self.body, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n\n" + DONE


class EngineRefusal(Refusal):
    """The engine behind the server will not serve it: a stream learns of this after its 200."""


def error_body(message: str, kind: str, code: int, param: str | None = None) -> dict[str, Any]:
    """The error object of vLLM: a capitalised class name for a type, and the status again for a code."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def bad_request(message: str, param: str | None = None, value: object = _UNSAID) -> Refusal:
    """A 400 of the server's."""
    return Refusal(400, error_body(_with_parameter(message, param, value), "BadRequestError", 400, param))


def bad_for_engine(message: str, param: str | None = None, value: object = _UNSAID) -> EngineRefusal:
    """A 400 of the engine's."""
    return EngineRefusal(400, error_body(_with_parameter(message, param, value), "BadRequestError", 400, param))


def unknown_model(model: str, served: str) -> Refusal:
    """A 404 for a model that is not here."""
    message = f"The model `{model}` does not exist. Valid aliases: {served}."
    return Refusal(404, error_body(message, "NotFoundError", 404, "model"))


def engine_dead() -> EngineRefusal:
    """What everyone in flight is told when the engine dies, and everyone who comes later."""
    return EngineRefusal(500, error_body(ENGINE_DEAD, "InternalServerError", 500))


def not_valid(message: str, param: str | None) -> Refusal:
    """A 400 of the web framework's, which has a type of its own."""
    return Refusal(400, error_body(message, "Bad Request", 400, param))


def detail(status: int, text: str) -> Refusal:
    """What the web framework says where no model is asked."""
    return Refusal(status, {"detail": text})


def _with_parameter(message: str, param: str | None, value: object) -> str:
    if param is None:
        return message
    said = "" if value is _UNSAID else f", value={value}"
    return f"{message} (parameter={param}{said})"
