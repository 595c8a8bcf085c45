"""The least image and the least sound that an engine can be asked to look at, and what it says of them."""

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import Any, Final

from router.core.capabilities import Modality
from router.core.probed import Found
from tandem_serving.probe.identity import Identity
from tandem_serving.probe.trying import DEAD, Bench

SIDE: Final = 32
"""Pixels: some processors refuse an image of one."""

RATE: Final = 16_000
SOUND_S: Final = 0.2


async def try_modalities(bench: Bench, identity: Identity) -> Mapping[Modality, Found]:
    """What the engine makes of each kind of input. A film is not tried: there is none so small that all can read it."""
    found: dict[Modality, Found] = {"image": await _try_image(bench, identity)}
    found["audio"] = await _try(bench, {"type": "input_audio", "input_audio": {"data": _wav(), "format": "wav"}})
    found["video"] = Found("untried", "no film is small enough to be sent along")
    return found


async def _try_image(bench: Bench, identity: Identity) -> Found:
    if not identity.survives_images and not bench.with_danger:
        return Found("untried", "may end a diffusion engine before vLLM 0.30; --dangerous tries it")
    return await _try(bench, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{_png()}"}})


async def _try(bench: Bench, part: Mapping[str, Any]) -> Found:
    if bench.is_gone:
        return DEAD
    content = [{"type": "text", "text": "What is this?"}, part]
    found = await bench.verdict(await bench.ask({"messages": [{"role": "user", "content": content}]}))
    return found or Found("honoured", "it was taken")


def _png() -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * SIDE for _ in range(SIDE))
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(parts)).decode()


def _wav() -> str:
    data = bytes(2 * int(RATE * SOUND_S))
    form = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    return base64.b64encode(b"RIFF" + struct.pack("<I", len(body)) + body).decode()
