"""What an answer's `router` object says of having drafts read."""

from msgspec.structs import replace

from router.api.answers import head_headers, router_object
from router.api.incoming import Tag
from router.core.reading.reading import Profile, ReadingNote
from router.core.record import AttemptRecord
from router.ports import Head
from tests.core.test_record import CUT, MENDS, RESUMED

TAG = Tag("r1")


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


def test_of_a_request_that_waited_and_spilled_it_says_so() -> None:
    waited = replace(head(), reason="spill", spilled_from="fast", waited_s=1.25)

    told, headers = router_object(waited), dict(head_headers(TAG, waited))

    assert (told["spilled_from"], told["waited_s"]) == ("fast", 1.25)
    assert headers[b"x-router-decision"] == b"spill; fast:full"
    assert headers[b"x-router-waited"] == b"1.250"


def test_of_a_request_that_found_room_it_says_nothing_of_it() -> None:
    assert not {"spilled_from", "waited_s"} & router_object(head()).keys()
    assert b"x-router-waited" not in dict(head_headers(TAG, head()))
