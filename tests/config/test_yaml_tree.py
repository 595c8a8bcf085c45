"""Values and places of a YAML text: the values are those that ruamel's own loader makes, and the places are right."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from router.config.yaml_tree import Tagged, build_tree


def refused(text: str) -> str:
    """What is wrong with a text, and where."""
    with pytest.raises(MarkedYAMLError) as error:
        build_tree(text)
    mark = error.value.problem_mark
    assert mark is not None
    return f"{mark.line + 1}:{mark.column + 1}: {error.value.problem}"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1", 1),
        ("0x1f", 31),
        ("0o17", 15),
        ("1_000", 1000),
        ("-1.5e3", -1500.0),
        (".inf", float("inf")),
        ("true", True),
        ("no", "no"),
        ("on", "on"),
        ("~", None),
        ("", None),
        ("2024-02-29", date(2024, 2, 29)),
        ("'1'", "1"),
        ('"a\\tb"', "a\tb"),
        ("!!str 1", "1"),
        ("!!int '5'", 5),
        ("! 5", 5),
        ("=", "="),
        ("|\n  one\n  two\n", "one\ntwo\n"),
        (">\n  one\n  two\n", "one two\n"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says_in_plain_types(written: str, value: Any) -> None:
    found = build_tree(f"a: {written}\n").data["a"]

    assert (found, type(found)) == (value, type(value))


PLACED = "first: 1\nsecond:\n  - {name: a, then: x}\n  - name: b\nthird: [p, q]\n"


def test_values_are_looked_for_where_they_stand_and_collections_at_their_names() -> None:
    tree = build_tree(PLACED)

    assert tree.values == {
        (): (1, 1),
        ("first",): (1, 8),
        ("second",): (2, 1),
        ("second", 0): (3, 5),
        ("second", 0, "name"): (3, 12),
        ("second", 0, "then"): (3, 21),
        ("second", 1): (4, 5),
        ("second", 1, "name"): (4, 11),
        ("third",): (5, 1),
        ("third", 0): (5, 9),
        ("third", 1): (5, 12),
    }
    assert tree.names[("second", 0, "then")] == (3, 15)
    assert tree.names.keys() == {path for path in tree.values if path and isinstance(path[-1], str)}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "---\n...\n"])
def test_an_empty_text_holds_nothing(text: str) -> None:
    assert build_tree(text).data is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\n---\nb: 2\n", "2:1: expected one document, found another"),
        ("a: 1\n...\nb: 2\n", "3:1: expected one document, found another"),
        ("? [a, b]\n: x\n", "1:3: expected a name, found a mapping or a list in its place"),
        ("? {a: b}\n: x\n", "1:3: expected a name, found a mapping or a list in its place"),
        ('a: "\\ud800"\n', "1:4: half of a surrogate pair is not text"),
        ("1: a\n0x1: b\n", '2:1: found duplicate key "1"'),
        ("~: a\n~: b\n", '2:1: found duplicate key "None"'),
    ],
)
def test_what_nobody_means_is_refused_where_it_stands(text: str, said: str) -> None:
    assert refused(text) == said


def test_a_merge_is_a_name_like_any_other() -> None:
    assert build_tree("<<: {a: 1}\nb: 2\n").data == {"<<": {"a": 1}, "b": 2}


@pytest.mark.parametrize("written", ["!mine x", "!mine {a: 1}", "!mine [1]", "!!set {a}", "!!omap [a: 1]"])
def test_a_tag_that_means_nothing_here_makes_no_value_that_anything_takes(written: str) -> None:
    assert isinstance(build_tree(f"a: {written}\n").data["a"], Tagged)


@pytest.mark.parametrize("escape", ["\\U00110000", "\\UFFFFFFFF"])
def test_a_character_beyond_unicode_is_an_error_that_readers_expect(escape: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        build_tree(f'a: "{escape}"\n')


NAMES = st.text("abcxyz _-0", min_size=1, max_size=6)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=200)
@given(data=st.dictionaries(NAMES, DATA, max_size=4), flow=st.booleans())
def test_what_is_written_is_read_back_as_ruamel_reads_it(data: dict[str, Any], flow: bool) -> None:
    yaml, written = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style = flow
    yaml.dump(data, written)

    assert read_or_refuse(lambda text: build_tree(text).data, written) == read_or_refuse(yaml.load, written)


def read_or_refuse(read: Callable[[str], Any], written: StringIO) -> Any:
    """What is read; or that it is refused: ruamel writes some texts that it cannot read itself."""
    try:
        return read(written.getvalue())
    except YAMLError:
        return "refused"


@settings(deadline=None, max_examples=100)
@given(data=st.dictionaries(NAMES, DATA, max_size=4))
def test_every_value_has_a_place_and_every_name_too(data: dict[str, Any]) -> None:
    written = StringIO()
    YAML(typ="safe", pure=True).dump(data, written)

    tree = read_or_refuse(build_tree, written)
    assume(tree != "refused")

    assert set(paths(tree.data)) == tree.values.keys()
    lines = written.getvalue().splitlines()
    assert all(1 <= line <= len(lines) + 1 for line, _ in tree.values.values())


def paths(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(each for key, value in items for each in paths(value, (*path, key)))]
