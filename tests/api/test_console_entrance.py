"""Who may see the console, and what a browser may do with its pages."""

import re

import pytest

from router.console.sessions import LASTING_S, MOST, Sessions
from tests.conftest import ADMIN_KEY
from tests.console_visitor import Visitor
from tests.router_process import RouterProcess
from tests.wire_client import ask

PAGES = [
    "",
    "/now",
    "/now/series",
    "/policies",
    "/policies/default",
    "/decisions",
    "/decisions/" + "0" * 32,
    "/static/console.js",
    "/nothing",
]
PLACES = ["src", "href", "action", "hx-get", "hx-post"]


@pytest.fixture
def visitor(elaborate: RouterProcess) -> Visitor:
    """Somebody at the console of a router with an admin key."""
    return Visitor(elaborate.admin)


@pytest.fixture
def neighbour(router: RouterProcess) -> Visitor:
    """Somebody at the console of a router without one, on its machine."""
    return Visitor(router.admin)


@pytest.mark.parametrize("page", PAGES)
def test_without_logging_in_every_page_leads_to_the_login(visitor: Visitor, page: str) -> None:
    response = visitor.get(page)

    assert response.status == 303
    assert (response.header("location") or "").startswith("/console/login")


@pytest.mark.parametrize("key", ["", "wrong", ADMIN_KEY + "x", "\xe9"])
def test_a_wrong_key_opens_nothing(visitor: Visitor, key: str) -> None:
    response = visitor.log_in(key)

    assert response.status == 403
    assert b"This is not the key." in response.body
    assert visitor.get("/decisions").status == 303


def test_the_admin_key_opens_the_console_until_one_logs_out(visitor: Visitor) -> None:
    assert visitor.log_in(ADMIN_KEY).status == 303
    assert visitor.get("/decisions").status == 200

    assert visitor.order("/decisions", "/logout").status == 303
    assert visitor.get("/decisions").status == 303


def test_the_cookie_is_for_no_script_and_no_other_site(visitor: Visitor) -> None:
    cookie = visitor.log_in(ADMIN_KEY).header("set-cookie") or ""

    assert {"httponly", "samesite=strict", "path=/console"} <= {each.strip().lower() for each in cookie.split(";")}
    assert ADMIN_KEY not in cookie


@pytest.mark.parametrize("cookie", ["x", "1.2.3", "99999999999.00.", ".", "\xe9", '"'])
def test_a_cookie_that_is_not_ours_opens_nothing(visitor: Visitor, cookie: str) -> None:
    assert visitor.get("/decisions", {"cookie": f"tandem_console={cookie}"}).status == 303


def test_logging_out_ends_the_session_for_whoever_has_copied_its_cookie(
    visitor: Visitor, elaborate: RouterProcess
) -> None:
    thief = Visitor(elaborate.admin)
    visitor.log_in(ADMIN_KEY)
    thief.cookie = visitor.cookie
    assert thief.get("/decisions").status == 200

    visitor.order("/decisions", "/logout")

    assert thief.get("/decisions").status == 303
    assert thief.send("/policies/reload", {}).status == 401


def test_logging_out_ends_no_other_session(visitor: Visitor, elaborate: RouterProcess) -> None:
    other = Visitor(elaborate.admin)
    visitor.log_in(ADMIN_KEY)
    other.log_in(ADMIN_KEY)

    visitor.order("/decisions", "/logout")

    assert other.get("/decisions").status == 200


def test_a_session_ends() -> None:
    sessions = Sessions()
    token = sessions.begin(1000.0)

    assert sessions.holds(token, 1000.0 + LASTING_S - 1)
    assert not sessions.holds(token, 1000.0 + LASTING_S)


def test_another_process_knows_no_session_and_no_form_of_this_one() -> None:
    sessions, others = Sessions(), Sessions()
    token = sessions.begin(1000.0)

    assert not others.holds(token, 1000.0)
    assert not others.is_ours(sessions.form_token(token), token)


def test_one_session_too_many_ends_the_oldest() -> None:
    sessions = Sessions()
    tokens = [sessions.begin(1000.0 + number) for number in range(MOST + 1)]

    assert [sessions.holds(each, 2000.0) for each in tokens] == [False] + [True] * MOST


def test_sessions_that_have_ended_make_room_before_others_do() -> None:
    sessions = Sessions()
    for _ in range(MOST - 1):
        sessions.begin(1000.0)
    going_on = sessions.begin(2000.0)

    sessions.begin(1000.0 + LASTING_S)

    assert sessions.holds(going_on, 1000.0 + LASTING_S)


def test_one_comes_back_to_where_one_wanted_to_go(visitor: Visitor) -> None:
    wanted = "/console/decisions/" + "0" * 32

    assert visitor.send("/login", {"key": ADMIN_KEY, "next": wanted}).header("location") == wanted


@pytest.mark.parametrize("elsewhere", ["https://evil.test/console/", "//evil.test", "/readyz", "/console/\\evil", ""])
def test_logging_in_leads_to_no_other_site(visitor: Visitor, elsewhere: str) -> None:
    response = visitor.send("/login", {"key": ADMIN_KEY, "next": elsewhere})

    assert response.header("location") == "/console"


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80", "169.254.1.1", "localhost.evil.test", "", "["])
def test_without_a_key_only_this_machine_is_answered(neighbour: Visitor, host: str) -> None:
    assert neighbour.get("/decisions", {"host": host}).status == 403


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:8081"])
def test_this_machine_may_go_by_any_of_its_own_names(neighbour: Visitor, host: str) -> None:
    assert neighbour.get("/decisions", {"host": host}).status == 200


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "", "http://127.0.0.1:1"])
def test_no_page_of_another_site_gives_orders(neighbour: Visitor, origin: str) -> None:
    assert neighbour.send("/logout", {}, {"origin": origin}).status == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "\xe9"])
def test_no_order_is_taken_without_the_token_of_a_page(visitor: Visitor, token: str) -> None:
    visitor.log_in(ADMIN_KEY)
    cookie = visitor.cookie

    assert visitor.send("/logout", {"form_token": token}).status == 400
    assert visitor.cookie == cookie


def test_the_token_of_one_session_is_of_no_use_in_another(visitor: Visitor, elaborate: RouterProcess) -> None:
    other = Visitor(elaborate.admin)
    visitor.log_in(ADMIN_KEY)
    other.log_in(ADMIN_KEY)
    token = re.findall(r'name="form_token" value="(\w+)"', other.text("/decisions"))[0]

    assert visitor.send("/logout", {"form_token": token}).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_else_than_reading_and_sending_forms_is_done(router: RouterProcess, method: str) -> None:
    assert ask(router.admin, method, "/console/decisions").status == 405


def test_pages_may_load_only_what_comes_with_them(neighbour: Visitor) -> None:
    response = neighbour.get("/decisions")
    policy = response.header("content-security-policy") or ""
    page = response.body.decode()

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    for each in re.findall(rf"""(?:{"|".join(PLACES)})="([^"]+)""", page):
        assert each.startswith(("/console", "#")), each
        assert neighbour.get(each.removeprefix("/console")).status in (200, 303, 405)
    assert response.header("cache-control") == "no-store"


def test_a_form_of_any_size_is_not_read_to_its_end(neighbour: Visitor) -> None:
    assert neighbour.send("/logout", {"form_token": "x" * 300_000}).status == 413


def test_what_is_no_form_is_refused(neighbour: Visitor) -> None:
    assert neighbour.send("/logout", {}, {"content-type": "application/json"}).status == 415
    assert neighbour.send("/logout", {str(number): "" for number in range(60)}).status == 400


def test_the_rest_of_the_admin_listener_is_as_it_was(router: RouterProcess) -> None:
    assert ask(router.admin, "GET", "/readyz").status == 200
    assert ask(router.admin, "GET", "/consolex").status == 404
