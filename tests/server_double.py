"""Doubles of the servers that the dialects are for, by what `tests/dialects` tells of each: what it knows, refuses,
breaks on and takes without effect, and how it writes answers and errors. `kind` says whether that was recorded from the
real server or derived from its public source."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.engine_http import STREAM_HEAD, send_whole
from tests.scripted_engine import Exchange, Reply

FOLDER = Path(__file__).parent / "dialects"

NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "temperature": (1, 1.0),
    "top_k": (0, -1),
    "min_p": (0,),
    "min_tokens": (0,),
    "presence_penalty": (0,),
    "frequency_penalty": (0,),
    "repetition_penalty": (1,),
    "length_penalty": (1,),
    "n": (1,),
    "top_logprobs": (0,),
    "stop": ([],),
    "stop_token_ids": ([],),
    "bad_words": ([],),
    "documents": ([],),
    "logit_bias": ({},),
    "chat_template_kwargs": ({},),
    "tool_choice": ("auto",),
    "response_format": ({"type": "text"},),
    **dict.fromkeys(
        "echo use_beam_search ignore_eos return_token_ids include_stop_str_in_output store add_special_tokens "
        "continue_final_message logprobs".split(),
        (False,),
    ),
    **dict.fromkeys(
        "add_generation_prompt skip_special_tokens spaces_between_special_tokens include_reasoning "
        "parallel_tool_calls".split(),
        (True,),
    ),
}
"""What asks for nothing, whatever the server makes of it."""


class Server:
    """One of these servers, as told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: Mapping[str, Any] = YAML(typ="safe").load(FOLDER / f"{name}.yaml")

    def reply(self) -> Reply:
        """Answers what it would answer, and 418 to what it would take without effect: nobody is to be sent there with
        that."""

        async def reply(exchange: Exchange) -> None:
            wrong = self._wrong_with(exchange.request.fields)
            if wrong is not None:
                await send_whole(exchange, wrong["status"], wrong["body"].encode())
            elif exchange.request.fields.get("stream"):
                await self._send_stream(exchange)
            else:
                await send_whole(exchange, 200, self.told["plain"].encode())

        return reply

    def fails_midway(self) -> Reply:
        """Begins a stream, and says in it that it failed."""

        async def reply(exchange: Exchange) -> None:
            await exchange.send(STREAM_HEAD)
            for each in [*self.told["stream"][:-1], self.told["fails_midway"]]:
                await exchange.send_chunk(f"data: {each}\n\n".encode())
            await exchange.send_chunk(b"")

        return reply

    def says(self, error: Mapping[str, Any]) -> Reply:
        """Answers with this error."""

        async def reply(exchange: Exchange) -> None:
            await send_whole(exchange, error["status"], error["body"].encode())

        return reply

    def _wrong_with(self, fields: Mapping[str, Any]) -> Mapping[str, Any] | None:
        told = self.told
        options = fields.get("stream_options") or {}
        if "knows" in told and not set(fields) <= set(told["knows"]):
            return told["unknown"]  # type: ignore[no-any-return]
        if "knows_in_stream_options" in told and not set(options) <= set(told["knows_in_stream_options"]):
            return told["unknown"]  # type: ignore[no-any-return]
        if [name for name in told.get("breaks_on_null", ()) if name in fields and fields[name] is None]:
            return told["broken"]  # type: ignore[no-any-return]
        if [name for name, only in told.get("refuses", {}).items() if fields.get(name, only) not in (only, None)]:
            return told["refusal"]  # type: ignore[no-any-return]
        idle = [name for name in told.get("no_effect", ()) if asks(name, fields.get(name))]
        return {"status": 418, "body": f"sent without effect: {idle}"} if idle else None

    async def _send_stream(self, exchange: Exchange) -> None:
        told, asked = self.told, (exchange.request.fields.get("stream_options") or {}).get("include_usage")
        lines = [f"data: {each}" for each in told["stream"]]
        if "comment" in told:
            lines.insert(1, told["comment"])
        if asked and told["usage"] == "asked":
            lines.append(f"data: {told['usage_chunk']}")
        if told["done"]:
            lines.append("data: [DONE]")
        await exchange.send(STREAM_HEAD)
        for each in lines:
            await exchange.send_chunk(f"{each}\n\n".encode())
        await exchange.send_chunk(b"")


def asks(name: str, value: Any) -> bool:
    """Whether this value of a parameter asks for anything."""
    return value is not None and value not in NEUTRAL.get(name, ())
