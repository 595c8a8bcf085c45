"""Asks a running router over its admin listener, for the commands that do."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn
from urllib.parse import urlsplit

import typer

if TYPE_CHECKING:
    from http.client import HTTPConnection

TIMEOUT_S = 30.0
"""Longer than the largest policy takes to be read, on a busy machine."""

REFUSED, UNREACHABLE = 1, 2
"""Exit codes: the router says no; no router can be asked."""

UNAUTHORISED, NOT_FOUND = 401, 404

HERE = "http://127.0.0.1:8081"

AdminUrl = Annotated[str, typer.Option("--admin", help="the router's admin listener", metavar="URL")]
AdminKey = Annotated[
    str | None, typer.Option("--key", envvar="TANDEM_ADMIN_KEY", help="the key it asks for", metavar="KEY")
]

Content = Mapping[str, Any]


class Order(NamedTuple):
    """What is asked of the listener."""

    method: str
    path: str
    fields: Mapping[str, Any] = {}


class _Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def ask(order: Order, url: str, key: str | None) -> Content:
    """What the router answers. Ends the command when it refuses, and when it cannot be asked."""
    from http.client import HTTPException

    try:
        reply = _exchange(order, url, key)
    except (OSError, HTTPException, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        _fail(f"{url} cannot be reached: {why}; is the router running? `tandem serve` says where its admin listener is")
    content = _read(reply.body)
    if "scope" in content:
        return content
    if reply.status == NOT_FOUND or "error" not in content:
        _fail(f"{url} is no admin listener of a router; `tandem serve` says where that is")
    hint = "; give it with --key or TANDEM_ADMIN_KEY" if reply.status == UNAUTHORISED else ""
    typer.echo(f"error: {content['error']['message']}{hint}", err=True)
    raise typer.Exit(REFUSED)


def _read(raw: bytes) -> Content:
    try:
        content = json.loads(raw)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _exchange(order: Order, url: str, key: str | None) -> _Reply:
    connection = _connect(url)
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    body = None if order.method == "GET" else json.dumps(order.fields)
    try:
        connection.request(order.method, urlsplit(url).path.rstrip("/") + order.path, body, headers)
        response = connection.getresponse()
        return _Reply(response.status, response.read())
    finally:
        connection.close()


def _connect(url: str) -> "HTTPConnection":
    from http.client import HTTPConnection, HTTPSConnection

    kinds: Mapping[str, type[HTTPConnection]] = {"http": HTTPConnection, "https": HTTPSConnection}
    try:
        split = urlsplit(url)
        kind, host, port = kinds[split.scheme], split.hostname, split.port
    except (KeyError, ValueError):
        host = None
    if host is None:
        raise typer.BadParameter(f"expected an address such as {HERE}, found {url!r}", param_hint="--admin")
    return kind(host, port, timeout=TIMEOUT_S)


def _fail(said: str) -> NoReturn:
    typer.echo(f"error: {said}", err=True)
    raise typer.Exit(UNREACHABLE)


def tell(answer: Content, lines: Callable[[Content], Sequence[str]], *, as_json: bool) -> None:
    typer.echo(json.dumps(answer) if as_json else "\n".join(lines(answer)))
