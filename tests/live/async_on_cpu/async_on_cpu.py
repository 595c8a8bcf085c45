"""A plug-in that vLLM loads in each of its processes. It lives here for tests: nobody gains by it.

vLLM switches asynchronous scheduling off on a CPU, where it is of no use, and on on a GPU. With it on, the scheduler
runs a step ahead of what it has seen, which is what counting passes must stand.
"""

from typing import Any


def register() -> None:
    """Switches asynchronous scheduling on again."""
    from vllm.platforms.cpu import CpuPlatform

    configure = CpuPlatform.check_and_update_config

    def configure_async(config: Any) -> None:
        configure(config)
        config.scheduler_config.async_scheduling = True

    CpuPlatform.check_and_update_config = staticmethod(configure_async)
