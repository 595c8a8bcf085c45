"""Notes about policies: what is in force does not depend on who learned what first, and nobody's order is lost."""

import pytest

from router.config.live.policy_notes import Hold, Note, Notes, Stop, decode, encode

OLD = Hold("p@3", "p@1", "first", None)
NEW = Hold("p@3", "p@2", "second", "cases")
STOP = Stop("p", "too slow", 5.0, "next@1")


@pytest.mark.parametrize("note", [OLD, NEW, STOP])
def test_a_note_is_read_back_as_it_was_posted(note: Note) -> None:
    assert decode({note.key: encode(note)}) == {note.key: note}


def test_notes_stand_under_the_policy_held_and_under_the_candidate_stopped() -> None:
    assert (OLD.key, NEW.key, STOP.key) == ("hold:p", "hold:p", "stop:next@1")


def test_the_key_says_which_candidate_is_stopped() -> None:
    assert decode({"stop:next@1": b'{"policy": "p", "why": "too slow", "at_s": 5}'}) == {STOP.key: STOP}


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"{}", b'{"away_from": "p@1"}', b'{"policy": 1}'])
@pytest.mark.parametrize("key", ["hold:p", "stop:p@1"])
def test_a_note_that_cannot_be_read_is_left_out_and_said_in_the_log(
    key: str, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert decode({key: raw, STOP.key: encode(STOP)}) == {STOP.key: STOP}
    assert f"the note {key} cannot be read" in caplog.text


def test_a_note_of_another_kind_is_left_out_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    assert decode({"pause:p": b"1"}) == {}
    assert caplog.text == ""


def test_our_own_note_comes_before_what_stood_on_the_board_until_that_changes() -> None:
    notes = Notes().adopting({OLD.key: OLD}).put(NEW)

    assert notes.hold("p") == NEW
    assert notes.adopting({OLD.key: OLD}).hold("p") == NEW
    assert notes.adopting({NEW.key: NEW}).hold("p") == NEW
    assert notes.adopting({}).hold("p") is None


def test_what_we_took_down_stays_down_until_the_board_changes() -> None:
    notes = Notes().adopting({OLD.key: OLD}).taken_down(OLD.key)

    assert notes.hold("p") is None
    assert notes.adopting({OLD.key: OLD}).hold("p") is None
    assert notes.adopting({NEW.key: NEW}).hold("p") == NEW


def test_a_note_the_board_never_took_stands_whatever_else_is_posted() -> None:
    notes = Notes().put(OLD).adopting({}).adopting({STOP.key: STOP})

    assert (notes.hold("p"), notes.stop("next@1")) == (OLD, STOP)


def test_taking_down_what_nobody_else_saw_leaves_nothing_behind() -> None:
    assert Notes().put(OLD).taken_down(OLD.key) == Notes()


def test_all_holds_are_told_each_once() -> None:
    notes = Notes().adopting({OLD.key: OLD, STOP.key: STOP}).put(NEW)

    assert list(notes.holds()) == [NEW]
