"""The schedulers to start vLLM with, `--scheduler-cls tandem_vllm_plugin.schedulers.PassScheduler` or its async one."""

from vllm.v1.core.sched.diffusion_scheduler import DiffusionAsyncScheduler, DiffusionScheduler

from tandem_vllm_plugin.counting import CountsPasses


class PassScheduler(CountsPasses, DiffusionScheduler):  # type: ignore[misc]  # vLLM is not there when types are checked
    """For synchronous scheduling: what vLLM takes on a CPU, and anywhere with `--no-async-scheduling`."""


class PassAsyncScheduler(CountsPasses, DiffusionAsyncScheduler):  # type: ignore[misc]
    """For asynchronous scheduling: what vLLM takes on a GPU unless told otherwise."""
