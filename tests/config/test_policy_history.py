"""Earlier versions of policies and what they are held at: kept in order, kept over a restart, and never in the way."""

import json
from pathlib import Path

import pytest

from router.config.live.policy_history import KEPT, History, Past, Version
from router.config.live.policy_notes import Hold, Notes, Stop
from router.core.errors import InvalidRequest

HOLD = Hold("p@3", "p@2", "text", None)
STOP = Stop("p", "too slow", 5.0, "next@1")


def a_version(number: int) -> Version:
    """The version `p@<number>`, which went live that many seconds after the epoch."""
    return Version(f"p@{number}", f"text {number}", None, float(number))


def past_of(*numbers: int) -> Past:
    """What is known after the file has brought these versions."""
    past = Past()
    for number in numbers:
        past = past.came(a_version(number))
    return past


def order(past: Past) -> list[str]:
    """The versions, without the policy's name."""
    return [each.version.partition("@")[2] for each in past.versions]


# --- what is kept -----------------------------------------------------------------------------------------------


def test_versions_are_kept_in_the_order_in_which_they_came() -> None:
    past = past_of(1, 2, 3)

    assert (order(past), past.live) == (["1", "2", "3"], "p@3")


def test_a_version_that_comes_again_is_the_latest() -> None:
    assert order(past_of(1, 2, 1)) == ["2", "1"]


def test_the_last_ten_are_kept() -> None:
    past = past_of(*range(1, 14))

    assert KEPT == 10
    assert order(past) == [str(number) for number in range(4, 14)]


def test_a_version_that_is_returned_to_keeps_its_place_and_gets_a_new_time() -> None:
    past = past_of(1, 2, 3).returned(Version("p@2", "text 2", None, 9.0))

    assert (order(past), past.live) == (["1", "2", "3"], "p@2")
    assert [each.live_at_s for each in past.versions] == [1.0, 9.0, 3.0]


@pytest.mark.parametrize("known", [(), (5,), tuple(range(1, 11))])
def test_a_version_that_was_never_here_is_earlier_than_all_that_were(known: tuple[int, ...]) -> None:
    past = past_of(*known).returned(a_version(99))

    assert order(past)[0] == "99"
    assert order(past)[1:] == [str(number) for number in known][-9:]
    assert past.live == "p@99"


def test_the_version_before_is_the_one_that_came_before_whatever_was_returned_to() -> None:
    past = past_of(1, 2, 3).returned(a_version(2))

    assert past.before("p@2").version == "p@1"


@pytest.mark.parametrize("active", ["p@1", "p@9"])
def test_before_the_first_and_before_the_unknown_there_is_nothing(active: str) -> None:
    with pytest.raises(InvalidRequest, match=f"no version before {active}"):
        past_of(1, 2).before(active)


@pytest.mark.parametrize(("named", "found"), [("p@12", "p@12"), ("12", "p@12"), ("p@2", "p@2"), ("3", "p@3")])
def test_a_version_is_found_by_all_of_it_or_by_the_beginning_of_its_hash(named: str, found: str) -> None:
    assert past_of(2, 3, 12).find(named).version == found


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("1", "'1' means more than one version: p@12, p@11"),
        ("p", "'p' is no version that is known to this replica: p@12, p@11, p@2"),
        ("", "'' is no version that is known to this replica: p@12, p@11, p@2"),
        ("q@2", "'q@2' is no version that is known to this replica: p@12, p@11, p@2"),
    ],
)
def test_what_names_no_version_or_several_is_refused(named: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        past_of(2, 11, 12).find(named)

    assert (error.value.message, error.value.param) == (said, "to")


# --- over a restart -----------------------------------------------------------------------------------------------


def test_without_a_folder_everything_is_in_memory() -> None:
    history = History()

    history.keep_past("p", past_of(1))
    history.keep_notes(Notes().put(HOLD))

    assert history.past("p") == past_of(1)
    assert history.notes.hold("p") == HOLD
    assert History().past("p") == Past()


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    before = History(tmp_path / "history")
    before.keep_past("p", past_of(1, 2))
    before.keep_notes(Notes().adopting({STOP.key: STOP}).put(HOLD).taken_down(STOP.key))

    after = History(tmp_path / "history")

    assert after.past("p") == past_of(1, 2)
    assert after.past("q") == Past()
    assert after.notes == before.notes
    assert (after.notes.hold("p"), after.notes.stop("next@1")) == (HOLD, None)


def test_each_policy_has_a_file_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    history = History(tmp_path)

    for name in ("p", "q"):
        history.keep_past(name, past_of(1))
        history.keep_past(name, past_of(1, 2))
    history.keep_notes(Notes().put(HOLD))

    assert sorted(each.name for each in tmp_path.iterdir()) == ["_notes.json", "p.json", "q.json"]
    assert json.loads((tmp_path / "p.json").read_text())["live"] == "p@2"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"versions": [1], "own": [1]}', "\xff"])
@pytest.mark.parametrize("name", ["p.json", "_notes.json"])
def test_a_broken_file_is_said_in_the_log_and_counts_as_none(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="latin-1")

    history = History(tmp_path)

    assert (history.past("p"), history.notes) == (Past(), Notes())
    assert f"{tmp_path / name} is not a file of this kind" in caplog.text
    history.keep_past("p", past_of(1))
    assert History(tmp_path).past("p") == past_of(1)


def test_a_note_that_cannot_be_read_does_not_take_the_others_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    History(tmp_path).keep_notes(Notes().put(HOLD).put(STOP))
    kept = json.loads((tmp_path / "_notes.json").read_text())
    kept["own"]["hold:p"] = {"away_from": 5}
    (tmp_path / "_notes.json").write_text(json.dumps(kept))

    notes = History(tmp_path).notes

    assert (notes.hold("p"), notes.stop("next@1")) == (None, STOP)
    assert "the note hold:p cannot be read" in caplog.text


def test_a_folder_that_cannot_be_written_is_said_in_the_log_and_memory_serves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")

    history.keep_past("p", past_of(1))

    assert history.past("p") == past_of(1)
    assert "cannot be written" in caplog.text
