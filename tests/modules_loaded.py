"""Run as a program: has a router in this fresh interpreter serve requests, and prints the tiers that served them and
which of some modules were imported. `python -m tests.modules_loaded SETTINGS_FILE REQUESTS MODEL MODULE ...`"""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path

from router.bootstrap import open_router
from router.config.settings import read_settings
from tests.warm_up import MESSAGES, ask


async def served(settings: Path, requests: int, model: str) -> Counter[int]:
    """The statuses of so many requests, each second one a stream."""
    async with open_router(read_settings(settings)) as router:
        asked = [{"model": model, "messages": MESSAGES, "stream": bool(number % 2)} for number in range(requests)]
        return Counter([await ask(router.public, each) for each in asked])


if __name__ == "__main__":
    file, requests, model, *modules = sys.argv[1:]
    statuses = asyncio.run(served(Path(file), int(requests), model))
    print(json.dumps({"statuses": statuses, "loaded": [each for each in modules if each in sys.modules]}))
