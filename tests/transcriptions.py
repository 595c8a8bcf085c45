"""A server of transcriptions, `/v1/audio/transcriptions` as OpenAI has it: a real one, that says what tests tell it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Upload:
    """What one call brought: its fields, the file's name and bytes, and the headers."""

    fields: dict[str, str]
    filename: str
    data: bytes
    authorization: str | None


Reply = Callable[[Upload], Awaitable[web.Response]]


def says(text: str) -> Reply:
    """Hears this in everything."""

    async def reply(_: Upload) -> web.Response:
        return web.json_response({"text": text, "usage": {"type": "duration", "seconds": 1}})

    return reply


def answers_with(status: int, body: str = '{"error":{"message":"no"}}') -> Reply:
    """Answers with this, whatever was said."""

    async def reply(_: Upload) -> web.Response:
        return web.Response(status=status, text=body, content_type="application/json")

    return reply


async def hangs(_: Upload) -> web.Response:
    """Answers nothing for a minute."""
    await asyncio.sleep(60)
    return web.Response()


async def reads_the_file(upload: Upload) -> web.Response:
    """Hears what the bytes are."""
    return web.json_response({"text": upload.data.decode()})


class TranscriptionServer:
    """Answers by `reply`; `uploads` are what it was sent."""

    def __init__(self) -> None:
        self.url = ""
        self.reply: Reply = reads_the_file
        self.uploads: list[Upload] = []

    async def transcribe(self, request: web.Request) -> web.Response:
        """One call. A body that is no form of this kind is a 400."""
        if request.content_type != "multipart/form-data":
            return web.Response(status=400)
        form: Any = await request.post()
        file = form["file"]
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        with file.file as opened:
            upload = Upload(fields, file.filename, opened.read(), request.headers.get("Authorization"))
        self.uploads.append(upload)
        return await self.reply(upload)


@contextmanager
def transcription_server() -> Iterator[TranscriptionServer]:
    """The server, in a thread of its own and on a free port, while the block runs."""
    started: Future[TranscriptionServer] = Future()
    loop, ended = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        server, app = TranscriptionServer(), web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_post("/v1/audio/transcriptions", server.transcribe)
        runner = web.AppRunner(app, shutdown_timeout=0.05)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        started.set_result(server)
        await ended.wait()
        await runner.cleanup()

    thread = threading.Thread(target=_run, args=(loop, serve()))
    thread.start()
    try:
        yield started.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, None]) -> None:
    """Ends what is still being answered, too."""
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(work)
