"""Forms as browsers send them, small and with the token of the page that they stand on."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from router.console.sessions import Sessions
from router.core.errors import BodyTooLarge, InvalidRequest, UnsupportedMedia

MOST_BYTES: Final = 256 * 1024
MOST_FIELDS: Final = 500
"""*Try it* has two for each backend."""

TOKEN: Final = "form_token"  # noqa: S105 - the name of a field


async def read_order(request: Request, sessions: Sessions) -> Mapping[str, str]:
    """The fields of a form that changes something. Raises InvalidRequest where it is not of this
    session's own pages, and what `read_form` raises."""
    fields = await read_form(request)
    if not sessions.is_ours(fields.get(TOKEN, ""), request.scope["session_token"] or ""):
        raise InvalidRequest("this form is of a page that is too old, or not ours: load the page again", TOKEN)
    return fields


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form. Raises UnsupportedMedia, BodyTooLarge or InvalidRequest."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise UnsupportedMedia("expected a form")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise BodyTooLarge(f"the form is over {MOST_BYTES // 1024} KB")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        raise InvalidRequest("this is no form", TOKEN) from None
