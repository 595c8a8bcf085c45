"""Files of requests: every kind is read row by row, and what is wrong with a row is said at its place."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pyarrow
import pyarrow.parquet
import pytest

from router.core.errors import FileError
from router.core.values import ChatRequest
from router.log.reader import count_lines
from router.review.intake import strictly
from router.review.requests_file import LABEL_CHARS, Row, count_rows, read_one, read_prompt, read_requests
from tests.review.logs import a_log_line, a_refused_line
from tests.review.texts import CAREFUL, POEM, a_policy_of
from tests.usual import FIRST_REQUEST

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of requests and says where it is."""

    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def rows(path: Path) -> list[Row]:
    return list(strictly(read_requests(path, FIRST_REQUEST.question)))


def requests(path: Path) -> list[ChatRequest]:
    return [row.question.view.request for row in rows(path) if row.question is not None]


def said(path: Path) -> list[str]:
    """What is wrong with each row that is no request, from its line on."""
    found = [each for each in read_requests(path, FIRST_REQUEST.question) if isinstance(each, FileError)]
    return [error.message.removeprefix(f"{path}:") for error in found]


def texts(found: list[ChatRequest]) -> list[str]:
    return [request.messages[-1].parts[0].text for request in found]


# --- what is read -----------------------------------------------------------------------------------------------


def test_a_text_file_holds_a_prompt_a_line(write: Write) -> None:
    path = write("p.txt", "\ufeffSay hello.\r\n\n  Sag hallo.  \nDis bonjour.")

    assert texts(requests(path)) == ["Say hello.", "Sag hallo.", "Dis bonjour."]
    assert [row.number for row in rows(path)] == [1, 3, 4]


@pytest.mark.parametrize(
    "line",
    [
        {"prompt": "Say hello.", "kind": "greeting"},
        {"messages": [{"role": "user", "content": "Say hello."}]},
        {"model": "auto", "messages": [{"role": "user", "content": "Say hello."}], "temperature": 0},
        {"id": 7, "request": {"messages": [{"role": "user", "content": "Say hello."}]}},
    ],
)
def test_a_line_of_json_holds_a_prompt_a_body_or_a_request(write: Write, line: dict[str, Any]) -> None:
    (request,) = requests(write("p.jsonl", json.dumps(line)))

    assert texts([request]) == ["Say hello."]
    assert request.model == "auto"


def test_a_body_keeps_its_model_its_parameters_and_its_hints(write: Write) -> None:
    body = {"model": "fast", "messages": [{"role": "user", "content": "Hi"}], "seed": 1, "router": {"stakes": "high"}}

    (row,) = rows(write("p.jsonl", json.dumps(body)))

    assert row.question is not None
    assert row.question.pin == "fast"
    assert row.question.view.request.parameters == {"seed": 1}
    assert row.question.view.stakes.band == "high"


def test_a_line_of_a_decision_log_is_the_situation_it_was_decided_in(write: Write) -> None:
    asked = read_prompt(POEM, FIRST_REQUEST.question)
    line = a_log_line(asked, a_policy_of(CAREFUL), "r7")

    (row,) = rows(write("log.jsonl", line))

    assert (row.label, row.is_logged) == ("r7", True)
    assert row.question is not None
    assert row.question.view.signals == asked.view.signals
    assert row.question.view.request.messages == ()


def test_a_logged_request_that_was_refused_before_any_policy_was_asked_holds_no_question(write: Write) -> None:
    (row,) = rows(write("log.jsonl", a_refused_line()))

    assert row.question is None


def test_a_parquet_file_holds_prompts_in_a_column(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    table = pyarrow.table({"prompt": [f"Say {number}." for number in range(2_500)], "kind": ["x"] * 2_500})
    pyarrow.parquet.write_table(table, path)

    found = rows(path)

    assert [row.label for row in found] == [f"Say {number}." for number in range(2_500)]
    assert found[-1].number == 2_500
    assert count_rows(path) == 2_500


def test_rows_are_counted_before_they_are_read_so_that_a_bar_can_say_how_far_it_is(write: Write) -> None:
    assert count_rows(write("p.txt", "one\ntwo\nthree")) == 3
    assert count_lines(write("empty.txt", "")) == 1


def test_a_row_is_known_by_how_its_last_user_turn_begins(write: Write) -> None:
    long = "Write  a\nlong story " + "about leaves " * 50
    messages = [
        {"role": "user", "content": "first"},
        {"role": "assistant", "content": "reply"},
        {"role": "user", "content": [{"type": "text", "text": long}]},
        {"role": "tool", "content": "found"},
    ]

    (row,) = rows(write("p.jsonl", json.dumps({"messages": messages})))

    assert row.label.startswith("Write a long story about leaves")
    assert row.label.endswith("…")
    assert len(row.label) <= LABEL_CHARS


def test_what_tells_a_row_from_others_cannot_steer_a_terminal(write: Write) -> None:
    (row,) = rows(write("p.txt", "red \x1b[31malert\u202e"))

    assert row.label == "red \ufffd[31malert\ufffd"


# --- what is wrong ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"prompt": "x",, }', "2:16: is not a request: JSON is malformed"),
        ("[]", "2:1: is not a request: Expected `object`, got `array`"),
        ('{"prmpt": "x"}', "2:1: is not a request: expected an object with `prompt`, `messages` or `request`"),
        ('{"prompt": 7}', "2:1: is not a request: Expected `str`, got `int`"),
        ('{"prompt": "  "}', "2:1: is not a request: 'prompt' must hold a text"),
        ('{"messages": []}', "2:1: is not a request: messages must hold at least one message"),
        ('{"messages": [{"role": "user", "content": "x"}], "n": 0}', "2:1: is not a request: n: Expected `int` >= 1"),
        ('{"request": "x"}', "2:1: is not a request: Expected `object`, got `str`"),
        ('{"situation": {"model": "auto"}, "request_id": "r"}', "2:1: is not a request: Object missing required field"),
    ],
)
def test_a_bad_line_is_an_error_at_its_place_and_the_rest_is_read(write: Write, line: str, wrong: str) -> None:
    path = write("p.jsonl", f'{{"prompt": "one"}}\n{line}\n{{"prompt": "three"}}\n')

    (found,) = said(path)

    assert found.startswith(wrong)
    assert [row.number for row in read_requests(path, FIRST_REQUEST.question) if isinstance(row, Row)] == [1, 3]


def test_bytes_that_are_not_utf_8_are_an_error_at_their_place(write: Write) -> None:
    assert said(write("p.txt", b"one\nt\xffo\n")) == ["2:2: is not a request: the text is not UTF-8"]


def test_an_empty_cell_of_a_parquet_file_is_an_error_at_its_row(tmp_path: Path) -> None:
    path = tmp_path / "p.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"prompt": ["one", None, "three"]}), path)

    assert said(path) == ["2:1: is not a request: 'prompt' must hold a text"]


def test_who_reads_strictly_stops_at_the_first_bad_row(write: Write) -> None:
    path = write("p.jsonl", '{"prompt": "one"}\nx\n')

    with pytest.raises(FileError, match=r"p\.jsonl:2:1: is not a request"):
        rows(path)


@pytest.mark.parametrize("name", ["missing.txt", "missing.jsonl", "missing.parquet"])
def test_a_file_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileError, match="cannot be read: No such file or directory"):
        rows(tmp_path / name)
    with pytest.raises(FileError, match="cannot be read: No such file or directory"):
        count_rows(tmp_path / name)


def test_a_file_of_another_kind_is_an_error_that_names_the_kinds_there_are(write: Write) -> None:
    with pytest.raises(FileError, match=r"expected a file that ends in \.txt, \.jsonl, \.parquet"):
        rows(write("p.csv", "prompt\nx\n"))


def test_what_is_no_parquet_file_or_has_no_such_column_is_an_error(write: Write, tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pyarrow.table({"text": ["one"], "kind": ["x"]}), tmp_path / "q.parquet")

    with pytest.raises(FileError, match="is not a Parquet file"):
        rows(write("p.parquet", "prompt"))
    with pytest.raises(FileError, match="has no column 'prompt'; there are: text, kind"):
        rows(tmp_path / "q.parquet")


WITHOUT_PYARROW = """
import sys
from pathlib import Path

sys.modules["pyarrow"] = None

from router.core.errors import FileError
from router.review.requests_file import read_requests

try:
    list(read_requests(Path("p.parquet"), None))
except FileError as error:
    print(error.message)
"""


def test_without_pyarrow_parquet_is_refused_with_what_to_install() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYARROW], capture_output=True, text=True, check=True, timeout=50
    )

    assert done.stdout == "p.parquet:1:1: reading Parquet needs pyarrow: pip install 'tandem-router[learn]'\n"


# --- one request ------------------------------------------------------------------------------------------------


def test_a_whole_file_may_be_one_body_without_a_model() -> None:
    question = read_one("r.json", b'{"messages": [{"role": "user",\n "content": "Hi"}]}', FIRST_REQUEST.question)

    assert question.view.request.model == "auto"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b'{"messages": [\n  {"role": "user",\n   "content": "Hi",, }]}', "r.json:3:20: is not a request: JSON is mal"),
        (b"", "r.json:1:1: is not a request: Input data was truncated"),
        (b'{"messages": "Hi"}', "r.json:1:1: is not a request: messages: Expected `array`, got `str`"),
    ],
)
def test_what_is_no_body_is_an_error_at_its_line_and_column(body: bytes, wrong: str) -> None:
    with pytest.raises(FileError) as error:
        read_one("r.json", body, FIRST_REQUEST.question)

    assert error.value.message.startswith(wrong)


def test_a_prompt_of_no_characters_that_exist_is_an_error() -> None:
    with pytest.raises(FileError, match="--prompt:1:1: is not a request"):
        read_prompt("\udcff", FIRST_REQUEST.question)


def test_a_line_that_a_later_version_of_the_router_wrote_is_read_for_what_is_known_of_it(write: Write) -> None:
    line = msgspec.json.decode(a_log_line(read_prompt(POEM, FIRST_REQUEST.question), a_policy_of(CAREFUL)))

    (row,) = rows(write("log.jsonl", json.dumps(line | {"weather": "fine"})))

    assert row.question is not None
