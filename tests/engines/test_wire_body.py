"""The body an engine is sent: the caller's own bytes, and the few fields that are the router's."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from router.core.chat_request import Limits, read_request
from router.engines.dialects.vllm import VLLM
from router.engines.wire_body import BodyWriter
from router.ports import Envelope
from tests.examples import chat_body

WRITER = BodyWriter("google/gemma-4", VLLM, b"secret")
OWN = frozenset(("model", "cache_salt"))


def envelope(body: bytes, tenant: str = "acme", dropped: tuple[str, ...] = ()) -> Envelope:
    request, _ = read_request(body, {}, Limits())
    return Envelope(request, "r-1", tenant, dropped=dropped)


def written(body: bytes, tenant: str = "acme", dropped: tuple[str, ...] = ()) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(WRITER.write(envelope(body, tenant, dropped)))
    return decoded


def test_the_engine_is_asked_for_its_own_model() -> None:
    assert written(chat_body(model="auto"))["model"] == "google/gemma-4"


def test_everything_else_goes_as_the_caller_wrote_it_byte_for_byte() -> None:
    messages = b'[ {"role":"user","content":"\\u00e9 ' + "é".encode() + b'","odd" : 1.50} ]'
    body = b'{"model":"auto","messages":' + messages + b',"seed":9007199254740993,"temperature":1.0e0}'

    sent = WRITER.write(envelope(body))

    assert messages in sent
    assert b'"seed":9007199254740993' in sent
    assert b'"temperature":1.0e0' in sent


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8).map("x_{}".format),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        ),
        max_size=4,
    )
)
def test_no_field_is_lost_and_none_is_added_but_the_routers_own(fields: dict[str, Any]) -> None:
    body = chat_body("Grüße", **fields)

    sent, asked = written(body), json.loads(body)

    assert {name: value for name, value in sent.items() if name not in OWN} == {
        name: value for name, value in asked.items() if name not in OWN
    }
    assert set(sent) - set(asked) == {"cache_salt"}


def test_what_was_said_to_the_router_stays_with_the_router() -> None:
    assert "router" not in written(chat_body(router={"stakes": "high"}))


def test_what_the_tier_drops_is_left_out() -> None:
    sent = written(chat_body(temperature=0.2, store=True, seed=5), dropped=("temperature", "store"))

    assert "temperature" not in sent
    assert "store" not in sent
    assert sent["seed"] == 5


def test_a_field_to_drop_that_is_not_there_is_no_mistake() -> None:
    assert "temperature" not in written(chat_body(), dropped=("temperature",))


@pytest.mark.parametrize("options", [None, {}, {"include_usage": False}, {"continuous_usage_stats": True}])
def test_a_stream_is_always_asked_for_its_usage_beside_what_the_caller_asks(options: Any) -> None:
    sent = written(chat_body(stream=True, stream_options=options))["stream_options"]

    assert sent == {**(options or {}), "include_usage": True}


@pytest.mark.parametrize("stream", [None, False])
def test_a_plain_request_is_not_given_options_of_a_stream(stream: Any) -> None:
    assert "stream_options" not in written(chat_body(stream=stream))


def test_one_tenant_always_has_the_same_salt_and_another_has_another() -> None:
    acme, again, other = (written(chat_body(), tenant)["cache_salt"] for tenant in ("acme", "acme", "zenith"))

    assert acme == again != other


def test_a_salt_is_long_enough_to_be_beyond_guessing_and_says_nothing_of_the_tenant() -> None:
    salt = written(chat_body(), "acme")["cache_salt"]

    assert len(salt) >= 32
    assert "acme" not in salt


def test_a_salt_cannot_be_had_without_the_secret() -> None:
    other = BodyWriter("google/gemma-4", VLLM, b"another secret")

    assert json.loads(other.write(envelope(chat_body())))["cache_salt"] != written(chat_body())["cache_salt"]


def test_a_salt_of_the_callers_own_is_overwritten() -> None:
    assert written(chat_body(cache_salt="zenith's"))["cache_salt"] == written(chat_body())["cache_salt"]


def test_an_engine_that_knows_no_salts_is_sent_none() -> None:
    saltless = replace(VLLM, router_owned={})

    assert "cache_salt" not in json.loads(BodyWriter("m", saltless, b"secret").write(envelope(chat_body())))


def test_a_model_name_is_written_as_json_whatever_is_in_it() -> None:
    writer = BodyWriter('odd "name"\n', VLLM, b"secret")

    assert json.loads(writer.write(envelope(chat_body())))["model"] == 'odd "name"\n'


def test_writing_leaves_the_request_as_it_was() -> None:
    sent = envelope(chat_body(temperature=0.2, router={}), dropped=("temperature",))
    before = dict(sent.request.fields)

    WRITER.write(sent)

    assert dict(sent.request.fields) == before
