"""`tandem config`: begins a file, checks it, shows what is in force, and prints the reference."""

import json
import re
from pathlib import Path

import pytest

from router.cli.config import REFERENCE
from router.config.settings import read_settings
from router.config.starter import STARTER
from tests.cli.commands import tandem

pytestmark = pytest.mark.usefixtures("here")


def test_a_begun_file_is_one_that_serves() -> None:
    begun = tandem("config", "init")

    assert (begun.exit_code, begun.stderr) == (0, "")
    assert begun.stdout.startswith("wrote tandem.yaml: ")
    assert tandem("config", "check").stdout.startswith("tandem.yaml: tiers fast, strong; policies ")
    assert list(read_settings(Path("tandem.yaml")).tiers) == ["fast", "strong"]


def test_a_file_that_is_there_is_left_as_it_is() -> None:
    Path("tandem.yaml").write_text("mine")

    refused = tandem("config", "init")

    assert refused.exit_code == 1
    assert refused.stderr == "error: tandem.yaml is there already and is left as it is; name another file\n"
    assert Path("tandem.yaml").read_text() == "mine"
    assert tandem("config", "init", "other.yaml").exit_code == 0


def test_a_place_that_cannot_be_written_is_said() -> None:
    refused = tandem("config", "init", "nowhere/tandem.yaml")

    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "cannot be written: No such file or directory" in refused.stderr


SETTING = re.compile(r"^( *)# (?=(?:[a-z_]+:(?: |$)|  |- ))", re.MULTILINE)


def test_what_is_commented_out_holds_as_well() -> None:
    Path("tandem.yaml").write_text(SETTING.sub(r"\1", STARTER.replace("policies: policies", "policy_watch_s: 2")))
    Path("keys.json").write_text("[]")

    found = read_settings(Path("tandem.yaml"))

    assert list(found.tiers) == ["fast", "strong", "hosted"]
    assert (found.cache.store, found.redis is None, found.tracing is None) == ("sqlite", False, False)
    assert found.keys is not None


def test_check_is_the_same_under_both_its_names() -> None:
    tandem("config", "init")

    assert tandem("check").stdout == tandem("config", "check").stdout


def test_show_prints_a_line_for_each_setting() -> None:
    tandem("config", "init")

    lines = tandem("config", "show").stdout.splitlines()

    assert lines[0].split() == ["setting", "value", "from"]
    assert ["public.port", "8080", "file"] in [each.split() for each in lines]
    assert ["admin.key", "null", "default"] in [each.split() for each in lines]


def test_show_can_leave_out_defaults_and_tells_machines_the_same() -> None:
    tandem("config", "init")

    told = json.loads(tandem("config", "show", "--changed", "--json").stdout)

    assert {each["from"] for each in told} == {"file"}
    assert {"setting": "public.port", "value": 8080, "from": "file", "variable": None} in told


@pytest.mark.parametrize("command", ["show", "check"])
def test_a_mistake_is_named_where_it_was_made(command: str) -> None:
    Path("tandem.yaml").write_text("tiers: {}\npubic: {}\n")

    refused = tandem("config", command)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("error: tandem.yaml:")


def test_the_reference_is_printed_and_checked() -> None:
    assert tandem("config", "reference").stdout == REFERENCE.read_text("utf-8")
    assert tandem("config", "reference", "--check").exit_code == 0
