"""What an answer's `router` object says of having drafts read."""

from router.api.answers import router_object
from router.core.reading.reading import Profile, ReadingNote
from router.core.record import AttemptRecord
from router.ports import Head
from tests.core.test_record import CUT, MENDS, RESUMED


def head(*attempts: AttemptRecord) -> Head:
    return Head("fast", "otherwise", "p@1", "otherwise", attempts, (), ())


def test_of_a_draft_that_was_read_it_says_how_much_was_accepted_and_what_cut_it() -> None:
    told = router_object(head(CUT, MENDS, RESUMED))

    assert [each.get("reading") for each in told["attempts"]] == [
        {"reads": 2, "tokens_read": 900, "accepted_chars": 1200, "read_chars": 2048, "cut": ("improbable",)},
        None,
        {"reads": 1, "tokens_read": 700, "accepted_chars": 1000, "read_chars": 1000},
    ]
    assert told["repairs"] == 1


def test_it_says_why_something_was_not_read() -> None:
    note = ReadingNote(profile=Profile(12, 0.1, 0.2, 3), unread="timeout")
    told = router_object(head(AttemptRecord(1, "fast", "fast-1", "served", 0.2, reading=note)))

    assert told["attempts"][0]["reading"] == {
        "reads": 0,
        "tokens_read": 0,
        "accepted_chars": 0,
        "read_chars": 0,
        "unread": "timeout",
    }


def test_where_nothing_was_to_be_read_it_says_nothing_of_it() -> None:
    told = router_object(head(MENDS))

    assert "repairs" not in told
    assert "reading" not in told["attempts"][0]
