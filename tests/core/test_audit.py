"""What audits leave in the log, how it is told from records, and how two answers are compared."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.audit import Audit, compare, is_audit
from router.core.likeness import likeness
from router.core.record import Record

AUDIT = Audit("r1", 12.0, "careful@1", "hard", "maths", 0.01, {"improbable": 4.0}, agree=True, similarity=0.5)
NUMBER = "What is the value of 6 times 7?"


def test_an_audit_is_a_line_of_a_kind_of_its_own() -> None:
    line = msgspec.json.encode(AUDIT)

    assert msgspec.json.decode(line)["kind"] == "audit"
    assert msgspec.json.decode(line, type=Audit) == AUDIT


@pytest.mark.parametrize("line", [msgspec.json.encode(AUDIT), b' {"kind": "audit", "x": 1}', b'{ "kind":"audit"}'])
def test_a_line_about_an_audit_is_known_however_it_is_spaced(line: bytes) -> None:
    assert is_audit(line)


@pytest.mark.parametrize(
    "line",
    [
        msgspec.json.encode(Record("r1", 0.0, 0.0, 200, "served", audit=0.01, audited=True)),
        b'{"kind":"audits"}',
        b'{"prompt": "{\\"kind\\":\\"audit\\"}"}',
        b"",
    ],
)
def test_no_other_line_is_taken_for_one(line: bytes) -> None:
    assert not is_audit(line)


@pytest.mark.parametrize(
    ("prompt", "first", "second", "agree"),
    [
        (NUMBER, "The answer is 42.", "6 x 7 = 42, so the answer is 42.", True),
        (NUMBER, "The answer is 42.", "The answer is 48.", False),
        (
            NUMBER,
            "The answer is 42.",
            "That takes me a while. I will have to come back to it another time, sorry.",
            None,
        ),
        ("Write a poem about otters.", "Otters swim.", "Otters swim.", None),
    ],
)
def test_answers_to_closed_questions_agree_where_they_end_in_the_same(
    prompt: str, first: str, second: str, agree: bool | None
) -> None:
    assert compare(prompt, first, second).agree is agree


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_that_does_not_depend_on_the_order_and_is_all_of_a_text_with_itself(a: str, b: str) -> None:
    assert 0.0 <= likeness(a, b) == likeness(b, a) <= 1.0
    assert likeness(a, a) == 1.0


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ("Otters eat fish.", "otters EAT fish", 1.0),
        ("Otters eat fish.", "Lions hunt zebras.", 0.0),
        ("Otters eat fish.", "Otters eat", 0.8),
        ("naïve", "naive", 1.0),
        ("水獭吃鱼", "水獭吃肉", 0.75),
        ("3.5 kg", "3.6 kg", 0.5),
    ],
)
def test_likeness_is_the_share_of_words_in_common(first: str, second: str, share: float) -> None:
    assert likeness(first, second) == pytest.approx(share)
