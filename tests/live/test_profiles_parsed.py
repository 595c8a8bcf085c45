"""Every profile is one that the real vLLM's own parser of arguments takes as it stands."""

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest

from tandem_serving.launch.needs import all_needs
from tandem_serving.tiny.specs import SETTINGS
from tests.live.engines import PYTHON, skip_or_fail

NEEDS = {needs.name: needs for tier in ("fast", "strong") for needs in all_needs(tier)}
READ_WITHIN_S = 240.0

# `vllm serve --config FILE` for each file, up to where it would start: its parser, and the checks it makes of what it
# parsed. A file that is refused ends the parser, and is missing from what is printed.
PARSE = """
import json, sys
from vllm.entrypoints.cli.serve import ServeSubcommand
from vllm.utils.argparse_utils import FlexibleArgumentParser

def parsed(file):
    parser = FlexibleArgumentParser()
    serve = ServeSubcommand()
    serve.subparser_init(parser.add_subparsers(dest="subparser"))
    arguments = parser.parse_args(["serve", "--config", file])
    serve.validate(arguments)
    names = ("model", "max_model_len", "max_num_seqs", "max_num_batched_tokens", "gpu_memory_utilization")
    return {name: getattr(arguments, name) for name in names}

found = {}
for file in sys.argv[1:]:
    try:
        found[file] = parsed(file)
    except SystemExit:
        print("refused:", file, file=sys.stderr)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def parsed() -> Mapping[str, Mapping[str, Any]]:
    """What vLLM makes of each profile, by its file."""
    if not PYTHON.exists():
        skip_or_fail(".venv-live is missing, which holds vLLM: `make live` makes it")
    files = [str(needs.file) for needs in NEEDS.values()]
    done = subprocess.run(
        (PYTHON, "-c", PARSE, *files),
        env={**os.environ, **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
        timeout=READ_WITHIN_S,
    )
    assert done.returncode == 0, done.stderr
    assert "refused:" not in done.stderr, done.stderr
    found: Mapping[str, Mapping[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", NEEDS)
def test_vllm_reads_of_a_profile_what_the_launcher_reads(name: str, parsed: Mapping[str, Mapping[str, Any]]) -> None:
    options = NEEDS[name].options

    seen = parsed[str(NEEDS[name].file)]

    assert seen["model"] == options.model
    assert (seen["max_model_len"], seen["max_num_seqs"]) == (options.max_model_len, options.max_num_seqs)
    if NEEDS[name].checkpoint is not None:
        assert seen["max_num_batched_tokens"] == options.max_num_batched_tokens
        assert seen["gpu_memory_utilization"] == options.gpu_memory_utilization
