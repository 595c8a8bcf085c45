"""`tandem` on a machine whose name service a test controls, by `python -m tests.named_hosts`. Nobody need be root.

The variable `HOSTS` names a file of lines `name address`. A name that is not in it does not exist; one without an
address is asked for in vain, as when the name service is dead."""

import asyncio
import os
import socket
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from router.cli import app

FOREVER_S = 3600.0


class HostsFile:
    """The file, as a test writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._addresses: dict[str, str] = {}
        self._write()

    def say(self, name: str, address: str) -> None:
        """From now on the name has this address; of an empty one nobody hears."""
        self._addresses[name] = address
        self._write()

    def forget(self, name: str) -> None:
        """From now on there is no such name."""
        self._addresses.pop(name, None)
        self._write()

    def variables(self) -> Mapping[str, str]:
        """Where the command finds it."""
        return {"HOSTS": str(self._path)}

    def _write(self) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text("".join(f"{name} {address}\n" for name, address in self._addresses.items()))
        beside.replace(self._path)


class FileResolver(AbstractResolver):
    """Resolves by the file as it stands at that moment."""

    def __init__(self, loop: object = None) -> None:
        self._file = Path(os.environ["HOSTS"])

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The address of this name. Raises socket.gaierror, as the real one does, when it has none."""
        known = dict(line.partition(" ")[::2] for line in self._file.read_text().splitlines())
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not known[host]:
            await asyncio.sleep(FOREVER_S)
        found = ResolveResult(hostname=host, host=known[host], port=port, family=socket.AF_INET, proto=0, flags=0)
        return [found]

    async def close(self) -> None:
        """Holds nothing."""


if __name__ == "__main__":
    aiohttp.DefaultResolver = FileResolver  # type: ignore[misc, assignment]
    app()
