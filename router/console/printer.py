"""Templates into pages. Everything that is put into one is escaped; rendering does not hold up the event loop."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from router import __version__
from router.console.door import PLACE
from router.console.forms import TOKEN
from router.console.picture import duration_words
from router.console.sessions import Sessions
from router.log.words import CACHED, OUTCOMES, REASONS, attempt_words, money_words

PAGES: Final = (
    ("now", "Now"),
    ("decisions", "Decisions"),
    ("policies", "Policies"),
    ("engines", "Engines"),
    ("try", "Try it"),
)
"""The pages one can go to, by their paths."""


class Printer:
    """Prints pages with what all of them have."""

    def __init__(self, sessions: Sessions, *, asks_for_key: bool) -> None:
        self._sessions = sessions
        self._environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=PackageLoader("router.console"),
        )
        self._environment.filters |= {
            "when": when_words,
            "duration": duration_words,
            "attempt": attempt_words,
            "money": money_words,
        }
        self._environment.globals |= {
            "place": PLACE,
            "pages": PAGES,
            "version": __version__,
            "token_name": TOKEN,
            "asks_for_key": asks_for_key,
            "outcomes": OUTCOMES,
            "cached": CACHED,
            "reasons": REASONS,
        }

    async def page(self, request: Request, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        """One page, or the part of one that a script asked for."""
        session: str | None = request.scope.get("session_token")
        common = {
            "here": request.scope["path"],
            "is_in": session is not None,
            "form_token": "" if session is None else self._sessions.form_token(session),
        }
        text = await asyncio.to_thread(self._environment.get_template(template).render, **common, **values)
        return HTMLResponse(text, status)


def when_words(unix_s: float) -> str:
    """An instant, in the time of this place."""
    return datetime.fromtimestamp(unix_s, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
