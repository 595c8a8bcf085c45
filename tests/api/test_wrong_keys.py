"""Guessing the admin key: few guesses are looked at, and who has the key gets in elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.api.wrong_keys import FROM_ONE, IN_ALL, WITHIN_S, Wait, WrongKeys
from tests.conftest import ADMIN_KEY
from tests.console_visitor import Visitor, words_of
from tests.router_process import RouterProcess
from tests.wire_client import Response, ask


def guessed(*senders: str, at_s: float = 1000.0) -> WrongKeys:
    """What is remembered after a wrong key from each of these, all at the same time."""
    wrong = WrongKeys()
    for each in senders:
        assert wrong.wait(each, at_s) is None
        wrong.note(each, at_s)
    return wrong


def test_who_guesses_at_the_console_waits_and_who_has_the_key_gets_in_elsewhere(elaborate: RouterProcess) -> None:
    guesser, owner = Visitor(elaborate.admin, "127.0.0.71"), Visitor(elaborate.admin, "127.0.0.72")

    statuses = [guesser.log_in("wrong").status for _ in range(FROM_ONE)]
    refused = guesser.log_in(ADMIN_KEY)

    wait_s = int(refused.header("retry-after") or "0")
    assert statuses == [403] * FROM_ONE
    assert refused.status == 429
    assert 0 < wait_s <= WITHIN_S
    said = f"Too many wrong keys came from this address; this one was not looked at: try again in {wait_s} s."
    assert said in words_of(refused.body.decode())
    assert guesser.cookie is None
    assert owner.log_in(ADMIN_KEY).status == 303
    assert owner.get("/decisions").status == 200


def test_who_guesses_at_the_rest_of_the_listener_waits_as_well(elaborate: RouterProcess) -> None:
    def asked(key: str | None, source: str) -> Response:
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        return ask(elaborate.admin, "GET", "/metrics", headers=headers, source=source)

    keyless = [asked(None, "127.0.0.73").status for _ in range(FROM_ONE + 1)]
    guessed = [asked("wrong", "127.0.0.73").status for _ in range(FROM_ONE)]
    refused = asked(ADMIN_KEY, "127.0.0.73")

    assert keyless == [401] * (FROM_ONE + 1)
    assert guessed == [401] * FROM_ONE
    assert (refused.status, refused.error["code"]) == (429, "rate_limit_exceeded")
    assert f"try again in {refused.header('retry-after')} s" in refused.error["message"]
    assert asked(ADMIN_KEY, "127.0.0.74").status == 200


def test_a_key_is_looked_at_again_after_as_long_as_was_said() -> None:
    wrong = guessed(*["10.0.0.1"] * FROM_ONE)

    wait = wrong.wait("10.0.0.1", 1020.0)

    assert wait == Wait(WITHIN_S - 20.0, alone=True)
    assert wrong.wait("10.0.0.1", 1020.0 + wait.left_s - 0.1) is not None
    assert wrong.wait("10.0.0.1", 1020.0 + wait.left_s) is None


def test_many_addresses_together_are_no_better_off() -> None:
    wrong = guessed(*[f"10.0.{number}.1" for number in range(IN_ALL)])

    assert wrong.wait("10.1.0.1", 1010.0) == Wait(WITHIN_S - 10.0, alone=False)
    assert wrong.wait("10.1.0.1", 1000.0 + WITHIN_S) is None


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_a_network_of_one_machine_counts_as_one_address(one: str, other: str, are_one: bool) -> None:
    wrong = guessed(*[one] * FROM_ONE)

    assert (wrong.wait(other, 1001.0) is not None) is are_one


@given(st.lists(st.tuples(st.sampled_from(["", "a", "10.0.0.1", "10.0.0.2", "::1"]), st.floats(0, 5)), max_size=300))
def test_in_no_minute_more_wrong_keys_are_looked_at_than_agreed(guesses: list[tuple[str, float]]) -> None:
    wrong, now_s, seen = WrongKeys(), 0.0, []
    for sender, later_s in guesses:
        now_s += later_s
        if wrong.wait(sender, now_s) is None:
            wrong.note(sender, now_s)
            seen.append(now_s)
            assert sum(each > now_s - WITHIN_S for each in seen) <= IN_ALL
