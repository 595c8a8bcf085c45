"""What the CPU build of vLLM needs to serve the tiny checkpoints. Nothing installed is changed.

Python imports this module first thing in every process of an engine: its folder is on their PYTHONPATH.
"""

import os
import sys
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.metadata import Distribution, DistributionFinder, version
from pathlib import Path
from typing import Any, ClassVar


class TorchvisionSchemas(MetaPathFinder):
    """Declares two operators just before torchvision is imported.

    The x86-64 wheel of torchvision is a CUDA build. Beside a CPU build of torch its compiled operators do not
    load, and its import fails because it refers to the schemas of these two. The models never call them.
    """

    declared: Any = None

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Finds nothing, ever: being asked for torchvision is the moment to declare."""
        if name == "torchvision" and self.declared is None:
            self.declared = _declare_schemas()


def _declare_schemas() -> Any:
    import torch

    library = torch.library.Library("torchvision", "FRAGMENT")
    if torch.version.cuda is None and "+cpu" not in version("torchvision"):
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    return library  # the schemas live as long as this object does


class InterpreterDistribution(Distribution):
    """The entry points of `triton_interpreter`, as if it had been installed.

    They are made here because a wheel cannot carry the metadata folder of a second distribution.
    """

    FILES: ClassVar = {
        "METADATA": "Metadata-Version: 2.1\nName: triton-interpreter\nVersion: 1\n",
        "entry_points.txt": (
            "[triton.backends]\ncpu = triton_interpreter\n"
            "[vllm.general_plugins]\ntriton_interpreter = triton_interpreter.vllm_plugin:register\n"
        ),
    }

    def read_text(self, filename: str) -> str | None:
        """The text of one metadata file; None when there is no such file."""
        return self.FILES.get(filename)

    def locate_file(self, path: os.PathLike[str] | str) -> Path:
        """Where a file of this distribution lies."""
        return Path(__file__).parent / path


class InterpreterFinder(DistributionFinder):
    """Lets `importlib.metadata` see the distribution above."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Finds no module: the package itself is found on PYTHONPATH."""

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterable[Distribution]:
        """The one distribution, when it or everything is asked for."""
        asked = context.name if context else None
        return [InterpreterDistribution()] if asked in (None, "triton-interpreter") else []


sys.meta_path.insert(0, TorchvisionSchemas())
# Only with the interpreter on: an engine that sees the backend without it dies on its first request.
if os.environ.get("TRITON_INTERPRET") == "1":
    sys.meta_path.append(InterpreterFinder())
