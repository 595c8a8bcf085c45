"""litellm, and its one door: each call goes out with what the settings say and nothing besides. Importing this module
imports litellm, which takes seconds.
"""

import logging
import math
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import litellm
from msgspec import Struct

from router.core.errors import SettingsError
from tandem_serving.hosted.call import LABELS, Call, Model
from tandem_serving.hosted.chunks import OF_A_CHUNK, ChunkReader, written, written_chunk
from tandem_serving.hosted.environment import Keys
from tandem_serving.hosted.failures import refusal_of
from tandem_serving.hosted.provider import Told
from tandem_serving.hosted.releases import installed_litellm
from tandem_serving.hosted.settings import MICROUSD, HostedSettings, ModelSpec

_MTOK: Final = 1_000_000
"""The tokens that prices are for."""

_ALWAYS: Final[Mapping[str, Any]] = {
    "num_retries": 0,
    "max_retries": 0,
    "drop_params": False,
    "_skip_mcp_handler": True,
}
"""Trying again, and leaving out what a provider does not know, is the router's to decide. Tools are for the caller to
call: without the last, litellm loads what calls them itself, which is not installed."""

_OF_A_BODY: Final = (*OF_A_CHUNK, "choices", "usage", "service_tier")


class LitellmProvider:
    """The port `Provider`. `timeout_s` is given to litellm too, though whoever calls has a harder one."""

    def __init__(self, settings: HostedSettings, keys: Keys) -> None:
        _hold_still()
        self._keys = keys
        self._timeout_s = settings.timeout_s
        self._priced = {each.name for each in settings.models if each.price is not None}

    async def complete(self, call: Call) -> Told:
        """See `Provider`."""
        try:
            response = await litellm.acompletion(**self._arguments(call))
        except Exception as error:  # noqa: BLE001 - litellm raises what providers' clients raise
            raise refusal_of(error, self._keys.secrets) from None
        said = {name: value for name, value in written(response).items() if name in _OF_A_BODY}
        return Told(said, self._cost_microusd(call, response.usage))

    async def stream(self, call: Call) -> AsyncGenerator[Told, None]:
        """See `Provider`."""
        reader = ChunkReader()
        try:
            async with self._opened(call) as stream:
                async for chunk in stream:
                    for told in reader.take(chunk):
                        yield told
                reader.check_finished(stream)
        except Exception as error:  # noqa: BLE001 - litellm raises what providers' clients raise
            raise refusal_of(error, self._keys.secrets) from None
        for told in reader.ends:
            yield told
        if reader.usage is not None:
            cost = self._cost_microusd(call, reader.usage)
            yield Told({**written_chunk(reader.last, []), "usage": written(reader.usage)}, cost)

    @asynccontextmanager
    async def _opened(self, call: Call) -> AsyncGenerator[Any, None]:
        stream = await litellm.acompletion(**self._arguments(call), stream=True, stream_options={"include_usage": True})
        try:
            yield stream
        finally:
            await stream.aclose()

    def _arguments(self, call: Call) -> Mapping[str, Any]:
        model = call.model
        key = {"api_key": self._keys.of_models[model.name]}
        return {
            **call.fields,
            **_ALWAYS,
            **{name: value for name, value in key.items() if value is not None},
            **({} if model.api_base is None else {"api_base": model.api_base}),
            "model": model.target,
            "timeout": self._timeout_s,
        }

    def _cost_microusd(self, call: Call, usage: Any) -> int:
        """What a call cost: by the prices that are set, else by litellm's table, which knows of cached tokens."""
        model = call.model
        if model.name not in self._priced:
            try:
                usd: float = sum(litellm.cost_per_token(model=model.target, usage_object=usage))
                return math.ceil(usd * MICROUSD)
            except Exception:  # noqa: BLE001 - the table is litellm's own; the plain prices were found in it at the start
                logging.getLogger(__name__).warning("litellm cannot say what a call of %s cost", model.name)
        prompt, written = usage.prompt_tokens or 0, usage.completion_tokens or 0
        return math.ceil(prompt * model.prompt_microusd + written * model.completion_microusd)


def models_of(settings: HostedSettings) -> dict[str, Model]:
    """The models by name, with their prices. Raises SettingsError where a price is not known."""
    return {each.name: _model(each) for each in settings.models}


class _Prices(Struct, frozen=True):
    """Millionths of a dollar for a token."""

    prompt: float
    completion: float


def _model(spec: ModelSpec) -> Model:
    prices = _prices(spec)
    labels = LABELS.intersection(litellm.get_supported_openai_params(spec.model) or ())
    return Model(spec.name, spec.model, spec.max_tokens, prices.prompt, prices.completion, labels, spec.api_base)


def _prices(spec: ModelSpec) -> _Prices:
    if spec.price is not None:
        price = spec.price
        return _Prices(price.input_microusd_per_mtok / _MTOK, price.output_microusd_per_mtok / _MTOK)
    try:
        known = litellm.get_model_info(spec.model)
        found = _Prices(known["input_cost_per_token"] * MICROUSD, known["output_cost_per_token"] * MICROUSD)
    except Exception:  # noqa: BLE001 - whatever it raises, it does not know the model
        found = _Prices(0.0, 0.0)
    if found.prompt <= 0.0 and found.completion <= 0.0:
        raise SettingsError(
            f"models: litellm {installed_litellm()} knows no price of {spec.model}, so no cap could hold; "
            f"give the model {spec.name!r} a `price`"
        )
    return found


def _hold_still() -> None:
    """Switches off all that litellm does besides calling: reports, logs of texts, callbacks, caches, retries."""
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.callbacks = []
    litellm.success_callback, litellm.failure_callback = [], []
    litellm.cache = None
    litellm.num_retries = 0
    litellm.drop_params = False
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
