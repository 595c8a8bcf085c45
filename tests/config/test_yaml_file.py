"""YAML as people write it: every value has its place, and nothing that hides a mistake gets through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.config.yaml_file import MAX_FILE_BYTES, YamlFile, read_yaml
from router.core.errors import FileError

Write = Callable[[str | bytes], Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes a file and says where it is."""
    path = tmp_path_factory.mktemp("yaml") / "file.yaml"

    def write_file(content: str | bytes) -> Path:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def refused(path: Path) -> str:
    """What is wrong with a file, from its line on."""
    with pytest.raises(FileError) as error:
        read_yaml(path)
    assert error.value.message == f"{path}:{error.value.line}:{error.value.column}: {said(error.value)}"
    return f"{error.value.line}:{error.value.column}: {said(error.value)}"


def said(error: FileError) -> str:
    return error.message.removeprefix(f"{error.file}:{error.line}:{error.column}: ")


# --- what is read -----------------------------------------------------------------------------------------------


def test_a_mapping_is_read_as_plain_values(write: Write) -> None:
    file = read_yaml(write("a: 1\nb: [x, {c: true}]\nd: no\ne: 'no'\n"))

    assert file.data == {"a": 1, "b": ["x", {"c": True}], "d": "no", "e": "no"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_is_read_in_whatever_unicode_an_editor_saved_it(write: Write, encoding: str) -> None:
    assert read_yaml(write("a: größe\n".encode(encoding))).data == {"a": "größe"}


PLACED = """\
first: 1
second:
  - {name: a, then: x}
  - name: b
    then:
      deep:   value
third: [p, q]
"""


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        ((), (1, 1)),
        (("first",), (1, 8)),
        (("second",), (2, 1)),
        (("second", 0), (3, 5)),
        (("second", 0, "name"), (3, 12)),
        (("second", 1, "name"), (4, 11)),
        (("second", 1, "then"), (5, 5)),
        (("second", 1, "then", "deep"), (6, 15)),
        (("third",), (7, 1)),
        (("third", 1), (7, 12)),
        (("second", 1, "missing"), (4, 5)),
        (("missing", "deeper"), (1, 1)),
        (("second", 9), (2, 1)),
    ],
)
def test_an_error_stands_at_its_value_or_at_the_nearest_place_above_that_exists(
    write: Write, keys: tuple[Any, ...], place: tuple[int, int]
) -> None:
    error = read_yaml(write(PLACED)).error(keys, "wrong")

    assert (error.line, error.column) == place


def test_an_error_about_a_name_stands_at_the_name(write: Write) -> None:
    error = read_yaml(write(PLACED)).error_at_key(("second", 1, "then", "deep"), "wrong")

    assert (error.line, error.column) == (6, 7)


# --- what is refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n", "# nothing\n", "just words", "- a\n- b\n", "5", "~", "---\n...\n"])
def test_a_file_that_is_no_mapping_is_refused(write: Write, content: str) -> None:
    assert refused(write(content)) == "1:1: expected a mapping of names to values"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: &x 1\nb: *x\n", "1:4"),
        ("a: 1\nb: *x\n", "2:4"),
        ("a: &x [1]\n", "1:4"),
        ("a:\n  &x b: 1\n", "2:3"),
        ("a: &unused 5\n", "1:4"),
        ("a:\n- &bomb [x, x]\n- [*bomb, *bomb]\n", "2:3"),
    ],
)
def test_anchors_and_aliases_are_refused_where_they_stand(write: Write, content: str, place: str) -> None:
    assert refused(write(content)) == f"{place}: anchors and aliases are not allowed"


@pytest.mark.parametrize(
    ("content", "place", "name"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1", "a"),
        ("a: {b: 1, b: 2}\n", "1:11", "b"),
        ('a: 1\n"a": 2\n', "2:1", "a"),
        ("a:\n  - b: 1\n    b: 2\n", "3:5", "b"),
    ],
)
def test_a_name_that_stands_twice_is_refused_at_the_second(write: Write, content: str, place: str, name: str) -> None:
    assert refused(write(content)) == f'{place}: found duplicate key "{name}"'


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("a: [1, 2\n", "2:1"),
        ("a: 'open\n", "2:1"),
        ("a: b: c\n", "1:5"),
        ("a: 1\n\tb: 2\n", "2:1"),
        (" a: 1\nb: 2\n", "2:1"),
        ("a: @x\n", "1:4"),
        ('a: "\\q"\n', "1:6"),
        ("a: 1\n---\nb: 2\n", "2:1"),
    ],
)
def test_what_is_not_yaml_is_refused_where_it_stops_being_it(write: Write, content: str, place: str) -> None:
    assert refused(write(content)).startswith(f"{place}: ")


def test_a_character_beyond_unicode_is_refused(write: Write) -> None:
    refused(write('a: "\\U99999999"\n'))


@pytest.mark.parametrize("content", [b"a: \xff\n", b"a: \x00\n", b"\x80\x81", b"a: \x1b[31m\n"])
def test_bytes_that_are_no_text_are_refused_in_one_line(write: Write, content: bytes) -> None:
    assert refused(write(content)).startswith("1:1: not valid YAML: ")
    assert "\n" not in refused(write(content))


@pytest.mark.parametrize(
    "scalar",
    [
        "!!int abc",
        "!!float abc",
        "!!float ''",
        "!!bool abc",
        "!!timestamp abc",
        "2024-13-01",
        "2024-02-30",
        "2024-01-01T25:00:00",
        "0x_",
        "9" * 5_000,
    ],
    ids=lambda scalar: scalar[:24],
)
def test_a_scalar_that_cannot_be_what_it_looks_like_is_refused_where_it_stands(write: Write, scalar: str) -> None:
    assert refused(write(f"a: 1\nb: {scalar}\n")).startswith("2:")


@pytest.mark.parametrize(
    "content",
    [
        "a: " + "[" * 400 + "]" * 400,
        "a: " + "{a: " * 300 + "1" + "}" * 300,
        "a:\n" + "".join(" " * n + "- \n" for n in range(1, 400)),
    ],
    ids=["lists", "mappings", "blocks"],
)
def test_a_file_that_is_nested_beyond_reason_is_refused(write: Write, content: str) -> None:
    assert "nested" in refused(write(content))


@pytest.mark.parametrize("content", ["!!omap [a: b]\n", "!!set {a}\n", "!!binary aGk=\n", "!!pairs [a: b]\n"])
def test_a_mapping_of_another_kind_is_refused(write: Write, content: str) -> None:
    assert refused(write(content)).startswith("1:1: ")


def test_tags_run_no_code(write: Write, tmp_path: Path) -> None:
    mark = tmp_path / "ran"

    file = read_yaml(write(f"a: !!python/object/apply:os.mkdir ['{mark}']\nb: !!python/name:os.system x\n"))

    assert set(file.data) == {"a", "b"}
    assert not mark.exists()


def test_a_file_over_the_limit_is_refused_with_both_sizes(write: Write) -> None:
    content = "a: " + "x" * MAX_FILE_BYTES

    assert refused(write(content)) == f"1:1: is {len(content)} bytes long; at most {MAX_FILE_BYTES} are read"


def test_a_file_that_is_not_there_is_refused_with_the_reason(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.yaml") == "1:1: cannot be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refused(tmp_path) == "1:1: cannot be read: Is a directory"


# --- anything at all --------------------------------------------------------------------------------------------

scalars = st.sampled_from(
    ["a", "1", "1.5", "no", "~", "'x'", '"x"', "|\n  x", "&a x", "*a", "!!int x", "!t x", "2024-01-01", "{", "[", "? x"]
)
yamlish = st.lists(
    st.tuples(
        st.integers(0, 3), st.sampled_from(["a: ", "b: ", "- ", "? ", ": ", "<<: ", "{a: ", "[", ""]), scalars
    ).map(lambda line: "  " * line[0] + line[1] + line[2]),
    max_size=6,
).map("\n".join)


def positions(data: Any, keys: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a file."""
    if isinstance(data, dict):
        inner = [each for key, value in data.items() for each in positions(value, (*keys, key))]
    elif isinstance(data, list):
        inner = [each for at, value in enumerate(data) for each in positions(value, (*keys, at))]
    else:
        inner = []
    return [keys, *inner]


def read_or_refuse(path: Path) -> YamlFile | None:
    try:
        return read_yaml(path)
    except FileError as error:
        check_place(error)
        return None


def check_place(error: FileError) -> None:
    assert error.line >= 1
    assert error.column >= 1


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_bytes_raise_anything_but_an_error_with_a_place(write: Write, content: bytes) -> None:
    read_or_refuse(write(content))


@settings(deadline=None, max_examples=300)
@given(yamlish)
def test_no_yaml_raises_anything_but_an_error_with_a_place(write: Write, content: str) -> None:
    file = read_or_refuse(write(content))

    for keys in [] if file is None else positions(file.data):
        assert file is not None
        error = file.error(keys, "wrong")
        assert 1 <= error.line <= content.count("\n") + 2
