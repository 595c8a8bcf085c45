"""`tandem engine launch` as people run it, where nvidia-smi and vLLM are scripts that say what the real ones do."""

import json
import os
import shlex
import socket
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from router.config.settings import read_settings

NVIDIA_SMI = """#!/bin/sh
test "$1" = --query-gpu=name,compute_cap,memory.total,memory.used,driver_version || exit 2
echo "NVIDIA H200, 9.0, 143771, 0, 580.159.04"
"""
PYTHON = """#!/bin/sh
echo '{"vllm": "0.32.0", "nvidia-cuda-runtime": "13.0.96"}'
"""
VLLM = f"""#!{sys.executable}
import json, os, sys
print(json.dumps({{"arguments": sys.argv[1:], "key": os.environ.get("VLLM_API_KEY")}}))
"""
ROOT = Path(__file__).parents[2]
PROFILES = ROOT / "serving/profiles"
PATHS = os.pathsep.join((str(ROOT), str(ROOT / "serving")))


@dataclass(frozen=True)
class Bench:
    """A folder to run the command in, and what its processes find around them."""

    folder: Path
    surroundings: Mapping[str, str]

    def launch(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "router", "engine", "launch", *arguments)
        return subprocess.run(
            command, cwd=self.folder, env=self.surroundings, capture_output=True, text=True, check=False, timeout=50
        )

    def served(self, *arguments: str) -> Mapping[str, object]:
        """What the engine that was started has seen."""
        done = self.launch(*arguments)
        assert done.returncode == 0, done.stderr
        seen: Mapping[str, object] = json.loads(done.stdout)
        return seen

    @property
    def key_file(self) -> Path:
        return self.folder / ".tandem/engine.key"


def surroundings(folder: Path, path: str) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
    return {**kept, "PATH": path, "PYTHONPATH": PATHS, "PYTHONSAFEPATH": "1", "HOME": str(folder), "COLUMNS": "400"}


@pytest.fixture
def bare(tmp_path: Path) -> Bench:
    """A machine without a GPU and without vLLM."""
    return Bench(tmp_path, surroundings(tmp_path, "/usr/bin:/bin"))


@pytest.fixture
def equipped(tmp_path: Path) -> Bench:
    """A machine with an H200 and vLLM."""
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for name, text in (("nvidia-smi", NVIDIA_SMI), ("python", PYTHON), ("vllm", VLLM)):
        (scripts / name).write_text(text)
        (scripts / name).chmod(0o755)
    return Bench(tmp_path, surroundings(tmp_path, f"{scripts}:/usr/bin:/bin"))


# --- printing -------------------------------------------------------------------------------------------------------


def test_print_writes_the_command_alone_and_needs_no_gpu(bare: Bench) -> None:
    done = bare.launch("fast", "--profile", "rtx5090-nvfp4", "--print")

    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert shlex.split(done.stdout) == [
        "VLLM_USE_DEEP_GEMM=0",
        f"VLLM_API_KEY=$(cat {bare.key_file})",
        *("vllm", "serve", "--config", str(PROFILES / "rtx5090-nvfp4.yaml")),
        *("--host", "127.0.0.1", "--port", "8102"),
    ]


def test_print_says_on_stderr_what_stops_it_and_writes_the_sum_out(bare: Bench) -> None:
    said = bare.launch("fast", "--profile", "rtx5090-nvfp4", "--print").stderr

    assert "stops  GPU: nvidia-smi sees none; what follows is reckoned for NVIDIA GeForce RTX 5090" in said
    assert "- weights       16.7 GiB  25.8 billion in NVFP4; embeddings, vision, attention in BF16" in said
    assert "- a full batch   3.0 GiB  4 slots x 3 copies of [256, 262144] FP32, 268 MB each" in said
    assert "= KV cache       6.3 GiB  holds 5.1 requests of 36864 tokens" in said


def test_the_printed_command_runs_in_a_shell_with_a_key_that_only_its_owner_can_read(equipped: Bench) -> None:
    line = equipped.launch("fast", "--profile", "h200-fp8", "--print").stdout

    done = subprocess.run(line, shell=True, env=equipped.surroundings, capture_output=True, text=True, check=True)

    key = equipped.key_file.read_text().strip()
    assert json.loads(done.stdout)["key"] == key
    assert len(key) >= 43
    assert key not in line
    assert stat.S_IMODE(equipped.key_file.stat().st_mode) == 0o600


def test_json_holds_the_command_the_findings_and_the_sum(equipped: Bench) -> None:
    told = json.loads(equipped.launch("strong", "--profile", "h200-fp8-31b", "--json").stdout)

    assert told["profile"] == "h200-fp8-31b-strong"
    assert told["command"][1:3] == ["serve", "--config"]
    assert {finding["about"] for finding in told["findings"]} == {"model"}
    assert [line["label"] for line in told["memory"]][:3] == ["one card", "vLLM may take", "- weights"]
    assert "url: http://127.0.0.1:8101" in told["router_settings"]
    assert not equipped.key_file.exists()


# --- starting -------------------------------------------------------------------------------------------------------


def test_the_command_becomes_vllm_with_a_key_on_loopback(equipped: Bench) -> None:
    seen = equipped.served("fast", "--profile", "h200-fp8")

    assert seen["arguments"] == [
        *("serve", "--config", str(PROFILES / "h200-fp8.yaml")),
        *("--host", "127.0.0.1", "--port", "8102"),
    ]
    assert seen["key"] == equipped.key_file.read_text().strip()


def test_a_key_is_made_once(equipped: Bench) -> None:
    first = equipped.served("fast", "--profile", "h200-fp8")["key"]

    assert equipped.served("strong", "--profile", "h200-fp8")["key"] == first


def test_what_the_router_needs_to_know_is_said(equipped: Bench) -> None:
    said = equipped.launch("fast", "--profile", "h200-fp8", "--port", "9102").stderr

    assert "- url: http://127.0.0.1:9102\n        model: tier1\n        dialect: vllm_diffusion\n" in said
    assert "context_tokens: 262144" in said


def test_both_engines_are_written_into_settings_that_the_router_takes(equipped: Bench) -> None:
    file = equipped.folder / "tandem.yaml"
    file.write_text("# mine\npublic: {port: 9000}  # kept\n")
    for tier in ("fast", "strong", "fast"):
        equipped.served(tier, "--profile", "h200-fp8", "--settings", "tandem.yaml")

    settings = read_settings(file)

    urls = {tier: [str(backend.url) for backend in found.backends] for tier, found in settings.tiers.items()}
    key = settings.tiers["fast"].backends[0].api_key
    assert urls == {"fast": ["http://127.0.0.1:8102"], "strong": ["http://127.0.0.1:8101"]}
    assert key is not None
    assert key.get_secret_value() == equipped.key_file.read_text().strip()
    assert file.read_text().startswith("# mine\npublic: {port: 9000}  # kept\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["tiers: 5\n", "tiers: {fast: {backends: [one]}}\n", "- a list\n"])
def test_settings_that_hold_something_else_are_refused_and_left_alone(equipped: Bench, text: str) -> None:
    file = equipped.folder / "tandem.yaml"
    file.write_text(text)

    done = equipped.launch("fast", "--profile", "h200-fp8", "--settings", "tandem.yaml")

    assert (done.returncode, done.stdout) == (1, "")
    assert "error: tandem.yaml:1:1: " in done.stderr
    assert file.read_text() == text


def test_arguments_after_two_dashes_go_to_vllm_and_into_the_sum(equipped: Bench) -> None:
    done = equipped.launch("fast", "--profile", "h200-fp8", "--", "--max-num-seqs", "2")

    assert json.loads(done.stdout)["arguments"][-2:] == ["--max-num-seqs", "2"]
    assert "2 slots x 3 copies" in done.stderr


def test_a_folder_of_weights_is_given_to_vllm_and_weighed(equipped: Bench) -> None:
    folder = equipped.folder / "weights"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["DiffusionGemmaForBlockDiffusion"]}')
    (folder / "model.safetensors").write_bytes(b"")
    os.truncate(folder / "model.safetensors", 3 * 2**30)

    done = equipped.launch("fast", "--profile", "h200-fp8", "--model", "weights")

    assert json.loads(done.stdout)["arguments"][:2] == ["serve", str(folder)]
    assert f"  3.0 GiB  the files in {folder}" in done.stderr


def test_a_vllm_without_its_command_is_one_line(equipped: Bench) -> None:
    (equipped.folder / "scripts/vllm").unlink()

    done = equipped.launch("fast", "--profile", "h200-fp8", "--python", "scripts/python")

    assert done.returncode == 1
    assert done.stderr.endswith(
        "error: vllm cannot be run: No such file or directory; --python names the one that has vLLM\n"
    )


def test_what_stops_it_starts_nothing(bare: Bench) -> None:
    done = bare.launch("fast", "--profile", "h200-fp8")

    assert (done.returncode, done.stdout) == (1, "")
    assert "Not started. Put right what stops it, or add --anyway." in done.stderr
    assert not bare.key_file.exists()


def test_a_taken_port_stops_it_and_anyway_starts_it(equipped: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = ("--port", str(taken.getsockname()[1]))

        refused = equipped.launch("fast", "--profile", "h200-fp8", *port)
        started = equipped.launch("fast", "--profile", "h200-fp8", *port, "--anyway")

    assert refused.returncode == 1
    assert "vLLM would share it without a word" in refused.stderr
    assert started.returncode == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3"])
def test_an_engine_that_others_reach_is_not_started_without_a_key(equipped: Bench, host: str) -> None:
    done = equipped.launch("fast", "--profile", "h200-fp8", "--host", host, "--no-key")

    assert done.returncode == 1
    assert f"{host} without a key would be open to others" in done.stderr


def test_neither_anyway_nor_print_opens_an_engine(equipped: Bench) -> None:
    opened = ("fast", "--profile", "h200-fp8", "--host", "0.0.0.0", "--no-key")

    for done in (equipped.launch(*opened, "--anyway"), equipped.launch(*opened, "--print")):
        assert (done.returncode, done.stdout) == (1, "")


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [("", 0o600, "is empty, and an engine without a key is open"), ("key", 0o644, "others can read it; chmod 600")],
)
def test_a_key_file_that_protects_nothing_is_refused(equipped: Bench, text: str, mode: int, said: str) -> None:
    file = equipped.folder / "my.key"
    file.write_text(text)
    file.chmod(mode)

    done = equipped.launch("fast", "--profile", "h200-fp8", "--key-file", "my.key")

    assert done.returncode == 1
    assert said in done.stderr


def test_an_unknown_profile_is_one_line(bare: Bench) -> None:
    done = bare.launch("fast", "--profile", "tpu")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "there is no such profile of the fast tier; there are: h200-bf16" in done.stderr


def test_weights_in_the_cache_of_hugging_face_are_found(equipped: Bench) -> None:
    name = "models--RedHatAI--diffusiongemma-26B-A4B-it-FP8-dynamic"
    snapshot = equipped.folder / ".cache/huggingface/hub" / name / "snapshots/abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text('{"architectures": ["DiffusionGemmaForBlockDiffusion"]}')

    assert "will fetch" not in equipped.launch("fast", "--profile", "h200-fp8").stderr
