"""Reading what a server sends, as long as it is not too much."""

import aiohttp


async def read_at_most(response: aiohttp.ClientResponse, most_bytes: int) -> bytes | None:
    """The whole body; None where it is longer, of which no more is read then. Raises what aiohttp does."""
    body = bytearray()
    async for data in response.content.iter_any():
        body += data
        if len(body) > most_bytes:
            return None
    return bytes(body)
