"""The plug-in for vLLM, built and laid out as pip would install it, where no environment is changed by it."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

SOURCE = Path(__file__).resolve().parents[2] / "serving/vllm_plugin"
SCHEDULER = "tandem_vllm_plugin.schedulers.PassScheduler"
ASYNC_SCHEDULER = "tandem_vllm_plugin.schedulers.PassAsyncScheduler"


def install_plugin(folder: Path) -> None:
    """Puts the distribution, metadata and all, into `folder` in place of what is there. Takes a second."""
    with TemporaryDirectory() as built:
        command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built)
        subprocess.run(command, cwd=SOURCE, check=True, capture_output=True)
        (wheel,) = Path(built).glob("*.whl")
        shutil.rmtree(folder, ignore_errors=True)
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(folder)
