"""Counting passes in a scheduler. No vLLM is imported here: what it gives is named by its attributes."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any


class CountsPasses:
    """Goes in front of a scheduler of vLLM and lets every block carry the passes of its request up to it.

    vLLM counts them on its path for speculative decoding, where a pass over a canvas is a step that accepted nothing
    and a commit is one that accepted the canvas. It has no option that shows them for a diffusion model, and hands
    them on only when a request ends. Raises NotImplementedError when it is made in front of a scheduler that does not
    count: better no start than an engine that fails its first request.
    """

    requests: Mapping[str, Any]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not hasattr(self, "spec_decode_metrics_level"):
            raise NotImplementedError("this vLLM does not count the steps of a request; 0.32.0 does")
        self.spec_decode_metrics_level = "detailed"

    def update_from_output(self, *args: Any, **options: Any) -> Any:
        """What the scheduler hands on after a step, by client, each block with its count."""
        handed_on = super().update_from_output(*args, **options)  # type: ignore[misc]
        for client in handed_on.values():
            for output in client.outputs:
                self._count(output)
        return handed_on

    def _count(self, output: Any) -> None:
        request = self.requests.get(output.request_id)
        if request is None or not output.new_token_ids or output.spec_decode_metrics is not None:
            return
        # A copy: another thread writes the output to the wire while the scheduler counts on.
        output.spec_decode_metrics = deepcopy(request.spec_decode_metrics)
