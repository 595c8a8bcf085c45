"""The commands by which the chart and the systemd unit start engines are ones that the real vLLM's own parser takes,
and mean what they should: a profile is read, and what stands beside it goes before it."""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem_serving.tiny.specs import SETTINGS
from tests.needed import need

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-live/bin/python"
READ_WITHIN_S = 240.0

PARSE = """
import json, sys
from vllm.entrypoints.cli.serve import ServeSubcommand
from vllm.utils.argparse_utils import FlexibleArgumentParser

def parsed(words):
    parser = FlexibleArgumentParser()
    serve = ServeSubcommand()
    serve.subparser_init(parser.add_subparsers(dest="subparser"))
    arguments = parser.parse_args(words)
    serve.validate(arguments)
    names = ("model", "served_model_name", "max_model_len", "host", "port", "shutdown_timeout", "enable_prefix_caching")
    return {name: getattr(arguments, name) for name in names}

print(json.dumps([parsed(words) for words in json.load(sys.stdin)]))
"""


def commands() -> Iterator[list[str]]:
    """What follows `vllm`, of every engine in the renders of the chart that are kept, and of the unit."""
    for path in sorted((ROOT / "tests/helm/golden").glob("*.yaml")):
        for each in yaml.safe_load_all(path.read_text()):
            if each["kind"] == "StatefulSet":
                (container,) = each["spec"]["template"]["spec"]["containers"]
                if container["command"] == ["vllm", "serve"]:
                    yield ["serve", *container["args"]]
    unit = (ROOT / "serving/systemd/tandem-engine@.service").read_text()
    (line,) = re.findall(r"^ExecStart=\S+/vllm (.*) \$OPTIONS$", unit, re.MULTILINE)
    about = {"PROFILE": "h200-fp8", "PORT": "8102", "MODEL": "tier1", "WINDOW": "32768"}
    yield re.sub(r"\$\{([A-Z]+)\}", lambda found: about[found[1]], line).split()


@pytest.fixture(scope="module")
def parsed() -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """The profile of each command, and what vLLM makes of the command."""
    need(PYTHON, ".venv-live is missing, which holds vLLM: `make live` makes it")
    profiles = str(ROOT / "serving/profiles")
    words = [[each.replace("/etc/tandem/profiles", profiles) for each in command] for command in commands()]
    done = subprocess.run(
        (PYTHON, "-c", PARSE),
        input=json.dumps(words),
        env={**os.environ, **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
        timeout=READ_WITHIN_S,
    )
    assert done.returncode == 0, done.stderr
    files = [re.search(r"\S+/profiles/\S+\.yaml", " ".join(each)) for each in words]
    found = [yaml.safe_load(Path(each[0]).read_text()) for each in files if each is not None]
    return list(zip(found, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.timeout(READ_WITHIN_S + 30)
def test_vllm_takes_every_command_and_reads_the_profile_that_it_names(
    parsed: list[tuple[dict[str, Any], Mapping[str, Any]]],
) -> None:
    assert len(parsed) > 6
    for profile, seen in parsed:
        assert seen["model"] == profile["model"]
        assert seen["enable_prefix_caching"] is True
        assert seen["served_model_name"] == [profile["served-model-name"]]
        assert (seen["host"], seen["port"]) in (("0.0.0.0", 8000), ("127.0.0.1", 8102))
        assert seen["max_model_len"] <= profile["max-model-len"]
        assert seen["shutdown_timeout"] == 110
