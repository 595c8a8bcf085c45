"""Somebody with a browser at the console: keeps its cookie, sends forms as pages have them."""

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlencode

from tests.wire_client import Address, Response, ask

FORM = "application/x-www-form-urlencoded"
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
NOTHING: Mapping[str, str] = {}


class Visitor:
    """One browser, on a machine of the address `source`."""

    def __init__(self, admin: Address, source: str = "127.0.0.1") -> None:
        self.host = f"{admin.host}:{admin.port}"
        self.cookie: str | None = None
        self._admin = admin
        self._source = source

    def get(self, path: str, headers: Mapping[str, str] = NOTHING) -> Response:
        """A page of the console."""
        return ask(self._admin, "GET", f"/console{path}", headers=self._known() | dict(headers), source=self._source)

    def text(self, path: str) -> str:
        """What a page says, its markup with it."""
        response = self.get(path)
        assert response.status == 200, response.body
        return response.body.decode()

    def send(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] = NOTHING) -> Response:
        """The answer to a form as it is given."""
        sent = {"content-type": FORM, "origin": f"http://{self.host}"} | self._known() | dict(headers)
        response = ask(self._admin, "POST", f"/console{path}", urlencode(fields).encode(), sent, self._source)
        cookie = response.header("set-cookie")
        if cookie is not None:
            self.cookie = cookie.partition(";")[0]
        return response

    def order(self, page: str, path: str, fields: Mapping[str, str] = NOTHING) -> Response:
        """The answer to a form on this page."""
        found = TOKEN.search(self.text(page))
        assert found is not None, "no form on this page"
        return self.send(path, {"form_token": found[1], **fields})

    def log_in(self, key: str) -> Response:
        """Sends the form of the login page."""
        return self.send("/login", {"key": key, "next": "/console"})

    def _known(self) -> dict[str, str]:
        return {"host": self.host} | ({} if self.cookie is None else {"cookie": self.cookie})


def words_of(page: str) -> str:
    """What a page says without its markup, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
