"""The FastAPI app behind the front of the public listener: models, health, and the hot paths' place in the docs."""

from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import Response
from msgspec import Struct

from router import __version__
from router.api.chat import new_request_id
from router.api.errors import InternalError, error_body, error_headers, status_of
from router.api.front import CHAT, EXPLAIN
from router.api.incoming import Gate, read_headers, read_secret
from router.core.errors import MethodNotAllowed, ModelNotFound, NotFound, TandemError
from router.core.grants import Caller, allows_model
from router.core.model_names import AUTO
from router.ports import Policies

SUMMARY = "One OpenAI address in front of a fast tier and a strong tier."


class Catalogue(Struct, frozen=True):
    """The names that `model` may take: virtual models first, then tiers and backends (which pin)."""

    policies: Policies
    pins: tuple[str, ...]
    created_s: int

    def visible_to(self, caller: Caller) -> list[str]:
        """The names this caller may use now: policies come and go."""
        names = (AUTO, *(f"{AUTO}:{name}" for name in self.policies.names()))
        if caller.grants.pins:
            names += self.pins
        return [name for name in names if allows_model(caller.grants, name)]


def build_public_app(gate: Gate, catalogue: Catalogue) -> FastAPI:
    """The app for everything on the public listener that is not hot."""
    app = bare_app("Tandem")
    app.summary = SUMMARY

    async def caller(request: Request) -> Caller:
        return gate.keyring.caller(read_secret(read_headers(request.scope)))

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process answers. Whether it can serve is `/readyz` on the admin listener."""
        return {"status": "ok"}

    @app.get("/v1/models")
    async def models(caller: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        """The models this key may use."""
        return {"object": "list", "data": [_model(name, catalogue) for name in catalogue.visible_to(caller)]}

    @app.get("/v1/models/{name:path}")
    async def model(name: str, caller: Annotated[Caller, Depends(caller)]) -> dict[str, Any]:
        """One model."""
        if name not in catalogue.visible_to(caller):
            raise ModelNotFound(f"the model {name[:100]!r} does not exist", param="model")
        return _model(name, catalogue)

    _describe_hot_paths(app)
    return app


def bare_app(title: str) -> FastAPI:
    """An app that serves what it is given and nothing by itself: no docs, no schema, no redirections."""
    app = FastAPI(
        title=title, version=__version__, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    answer_errors_like_openai(app)
    return app


def answer_errors_like_openai(app: FastAPI) -> None:
    """FastAPI's own errors (404, 405, 422, 500) in OpenAI's shape, with all four keys."""

    async def on_tandem_error(_request: Request, error: Exception) -> Response:
        assert isinstance(error, TandemError)
        return error_response(error)

    async def on_not_found(request: Request, _error: Exception) -> Response:
        return error_response(NotFound(f"nothing is served at {request.scope['path'][:100]!r}"))

    async def on_wrong_method(request: Request, error: Exception) -> Response:
        said = f"{request.method} is not served at {request.scope['path'][:100]!r}"
        response = error_response(MethodNotAllowed(said))
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    async def on_bug(_request: Request, _error: Exception) -> Response:
        return error_response(InternalError())

    app.add_exception_handler(TandemError, on_tandem_error)
    app.add_exception_handler(404, on_not_found)
    app.add_exception_handler(405, on_wrong_method)
    app.add_exception_handler(Exception, on_bug)


def error_response(error: TandemError) -> Response:
    """An error as it goes out."""
    headers = {name.decode(): value.decode() for name, value in error_headers(error)}
    headers["x-request-id"] = new_request_id()
    return Response(error_body(error), status_of(error), headers, "application/json")


def _model(name: str, catalogue: Catalogue) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": catalogue.created_s, "owned_by": "tandem"}


def _describe_hot_paths(app: FastAPI) -> None:
    """The front answers these before they reach the app; here they only appear in its schema."""

    async def described(_body: Annotated[dict[str, Any], Body(examples=[CHAT_EXAMPLE])]) -> None:
        raise InternalError

    app.add_api_route(
        CHAT, described, methods=["POST"], summary="A chat completion, as OpenAI has it", response_model=None
    )
    app.add_api_route(
        EXPLAIN, described, methods=["POST"], summary="What would happen to this chat completion, and why"
    )


CHAT_EXAMPLE = {
    "model": "auto",
    "messages": [{"role": "user", "content": "Shorten: the meeting has been moved to Tuesday at ten."}],
    "router": {"stakes": "low", "latency_budget_ms": 2000},
}
