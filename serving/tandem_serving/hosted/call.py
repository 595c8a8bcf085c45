"""One request, read: which model, with which fields, and what it may cost at most. Pure.

INVARIANT: a field that is in neither `FIELDS` nor `LABELS` is refused. litellm takes addresses, keys, callbacks, mocks
and prices as arguments beside what a provider gets, and whoever writes a body could name them.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from tandem_serving.hosted.refusals import Refusal, bad_request

FIELDS: Final = frozenset(
    "messages temperature top_p n stream stream_options stop max_tokens max_completion_tokens presence_penalty "
    "frequency_penalty logit_bias seed response_format tools tool_choice parallel_tool_calls logprobs top_logprobs "
    "reasoning_effort verbosity prediction store".split()
)
"""What a caller may have a provider told, besides the model. What the provider does not know is refused there."""

LABELS: Final = frozenset(
    "user service_tier safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options".split()
)
"""What changes nothing in an answer: left out where the provider does not know it."""

BYTES_PER_TOKEN: Final = 2
"""Fewer than any tokenizer in use takes on average, so that what a prompt may cost is not thought too little."""

TOKENS_OF_MEDIA: Final = 2_000
"""What providers count a large image as, at most."""

_STREAM_ONLY: Final = frozenset(("stream", "stream_options"))


class Model(Struct, frozen=True):
    """One model that may be asked for, with its prices in millionths of a dollar for a token. `labels`: those of
    `LABELS` that its provider knows."""

    name: str
    target: str
    max_tokens: int
    prompt_microusd: float
    completion_microusd: float
    labels: frozenset[str] = frozenset()
    api_base: str | None = None


class Call(Struct, frozen=True):
    """What is asked of a model. `fields` go to the provider; `shows_usage`: the caller asked for the usage chunk."""

    model: Model
    fields: Mapping[str, Any]
    streams: bool
    shows_usage: bool
    prompt_tokens: int

    @property
    def most_microusd(self) -> int:
        """What it may cost at most, by the size of its prompt and the length that its answers may have."""
        answers = self.fields.get("n") or 1
        return 1 + round(
            self.prompt_tokens * self.model.prompt_microusd
            + answers * self.model.max_tokens * self.model.completion_microusd
        )

    def cost_so_far_microusd(self, written_bytes: int) -> int:
        """What it has cost when its provider never came to say so, by what it had written."""
        written = written_bytes / BYTES_PER_TOKEN
        spent = self.prompt_tokens * self.model.prompt_microusd + written * self.model.completion_microusd
        return min(self.most_microusd, 1 + round(spent))


def read_call(body: bytes, models: Mapping[str, Model]) -> Call:
    """The call that a body asks for. Raises Refusal."""
    said = _object(body)
    model = _model(said.pop("model", None), models)
    _refuse_unknown(said)
    messages = _messages(said.get("messages"))
    _check_tools(said.get("tools"))
    choices = said.get("n")
    if choices is not None and (type(choices) is not int or not 1 <= choices <= 16):
        raise bad_request("n is not a whole number from 1 to 16", "n")
    left_out = _STREAM_ONLY | (LABELS - model.labels)
    fields = {name: value for name, value in said.items() if value is not None and name not in left_out}
    limit = _limit(fields, model.max_tokens)
    return Call(
        replace(model, max_tokens=limit),
        {**fields, _limit_name(fields): limit},
        said.get("stream") is True,
        _asks_for_usage(said.get("stream_options")),
        _prompt_tokens(messages, said.get("tools")),
    )


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("the body is not JSON", code="invalid_json") from None
    if not isinstance(said, dict):
        raise bad_request("the body is not an object", code="invalid_json")
    return said


def _model(name: object, models: Mapping[str, Model]) -> Model:
    if isinstance(name, str) and name in models:
        return models[name]
    raise Refusal(404, f"there is no such model; there are: {', '.join(models)}", "model_not_found", "model")


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        if name not in FIELDS and name not in LABELS:
            said = f"{name[:60]!r} is not among the fields that are passed on to providers"
            raise bad_request(said, name[:60], "unsupported_parameter")


def _messages(said: object) -> list[Any]:
    if not isinstance(said, list) or not said:
        raise bad_request("messages is not a list of messages", "messages")
    for part in [part for message in said for part in _parts(message)]:
        _check_part(part)
    return said


def _check_part(part: Mapping[str, Any]) -> None:
    """For some providers litellm would itself fetch what an address names: from here, where keys are."""
    kind, image = part.get("type"), part.get("image_url")
    if kind not in ("text", "image_url", "input_audio", "refusal"):
        raise bad_request("messages holds a part of a kind that is not passed on to providers", "messages")
    url = image.get("url") if isinstance(image, dict) else image
    if kind == "image_url" and not str(url).startswith("data:"):
        raise bad_request("messages names an image by its address; send the image itself, as a data: URL", "messages")


def _check_tools(tools: object) -> None:
    """litellm would itself call tools of other kinds."""
    given = tools if isinstance(tools, list) else [] if tools is None else [tools]
    if not all(isinstance(each, dict) and each.get("type") == "function" for each in given):
        raise bad_request("tools holds one that is not of the type function", "tools")


def _limit_name(fields: Mapping[str, Any]) -> str:
    return "max_completion_tokens" if "max_completion_tokens" in fields else "max_tokens"


def _limit(fields: Mapping[str, Any], most: int) -> int:
    """How long an answer may be: as asked for, and no longer than the settings have it."""
    if "max_tokens" in fields and "max_completion_tokens" in fields:
        raise bad_request("max_tokens and max_completion_tokens say the same; send one of them", "max_tokens")
    name = _limit_name(fields)
    asked = fields.get(name, most)
    if type(asked) is not int or asked < 1:
        raise bad_request(f"{name} is not a whole number above 0", name)
    return min(asked, most)


def _asks_for_usage(options: object) -> bool:
    return isinstance(options, dict) and options.get("include_usage") is True


def _prompt_tokens(messages: list[Any], tools: object) -> int:
    """How many tokens a prompt may have: media by the piece, all else by its bytes."""
    media = [part for message in messages for part in _parts(message) if part.get("type") != "text"]
    written = json.dumps([messages, tools], ensure_ascii=False).encode("utf-8", "surrogatepass")
    size = len(written) - len(json.dumps(media, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return max(size, 0) // BYTES_PER_TOKEN + TOKENS_OF_MEDIA * len(media)


def _parts(message: object) -> list[Mapping[str, Any]]:
    content = message.get("content") if isinstance(message, dict) else None
    return [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
