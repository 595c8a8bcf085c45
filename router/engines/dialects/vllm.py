"""The autoregressive path of vLLM 0.32: Gemma 4 and other ordinary models.

Recorded against the real server; `tests/live` repeats the observations that matter.
"""

from collections.abc import Callable, Mapping
from typing import Any

from router.core.capabilities import Dial, Dialect, DialName, Row, always
from router.core.idiom import GOES_ON, Idiom, Look, Pages
from router.engines.load_pages import gauges, read_load


def asks_for_audio(value: Any) -> bool:
    """Whether `modalities` names anything but text."""
    return bool(value != ["text"])


def is_on(value: Any) -> bool:
    """Whether a switch may be on: engines read `1` and "yes" as true as well; off is what they do anyway."""
    return value is not False


def is_not_one(value: Any) -> bool:
    """Exactly 1 is what is asked for by saying nothing."""
    return bool(value != 1)


def is_not_text(value: Any) -> bool:
    """`{"type": "text"}` asks for nothing."""
    return not (isinstance(value, dict) and value.get("type") == "text")


def is_enforced(value: Any) -> bool:
    """`auto` and `none` are left to the model; everything else needs structured output."""
    return value not in ("auto", "none")


def is_not_true(value: Any) -> bool:
    """A switch that is on where nothing is said."""
    return value is not True


SAMPLING = frozenset(
    "temperature top_p top_k min_p seed n stop stop_token_ids ignore_eos max_tokens max_completion_tokens min_tokens "
    "presence_penalty frequency_penalty repetition_penalty length_penalty logit_bias bad_words allowed_token_ids "
    "logprobs top_logprobs prompt_logprobs echo use_beam_search skip_special_tokens "
    "spaces_between_special_tokens include_stop_str_in_output truncate_prompt_tokens".split()
)
SHAPE = frozenset(
    "stream stream_options response_format structured_outputs "
    "tools tool_choice parallel_tool_calls continue_final_message add_generation_prompt add_special_tokens "
    "chat_template_kwargs documents include_reasoning reasoning_effort return_token_ids".split()
)
LABELS = frozenset("user metadata service_tier safety_identifier prompt_cache_key prompt_cache_options".split())

IGNORED = {
    "store": Row("is accepted by the engine and has no effect", is_on),
    "verbosity": Row("is accepted by the engine and has no effect"),
    "prediction": Row("is accepted by the engine and has no effect"),
    "moderation": Row("is accepted by the engine and has no effect"),
    "prompt_cache_retention": Row("is accepted by the engine and has no effect"),
}
"""What vLLM takes and ignores: left out and reported, because nothing may be dropped silently."""

NOBODY = {
    "audio": Row("asks for spoken answers, which no tier gives"),
    "modalities": Row("asks for more than text, which no tier gives", asks_for_audio),
    "functions": Row("is the retired form of `tools`; send `tools`"),
    "function_call": Row("is the retired form of `tool_choice`; send `tool_choice`"),
    "web_search_options": Row("asks for a web search, which no tier makes"),
    **{
        f"guided_{form}": Row(f"is retired and has no effect any more; send `structured_outputs` with its `{form}`")
        for form in ("json", "regex", "choice", "grammar")
    },
}
"""What would change the answer and no engine of ours does. vLLM takes the forms that it has retired and answers as
if nothing had been asked for."""

OWNED = {
    name: Row("steers the engine itself")
    for name in (
        "priority vllm_xargs cache_salt kv_transfer_params ec_transfer_params chat_template request_id "
        "mm_processor_kwargs "
        "logits_processors media_io_kwargs data_parallel_rank"
    ).split()
}

DIALS: Mapping[DialName, Dial] = {"thinking": Dial("chat_template_kwargs", "enable_thinking")}
"""A chat template that knows no such switch takes no notice of it."""

WHOLE: Mapping[str, Callable[[Any], bool]] = {
    "n": is_not_one,
    "logprobs": is_on,
    "return_token_ids": is_on,
    "echo": is_on,
    "use_beam_search": is_on,
    "continue_final_message": is_on,
    "add_generation_prompt": is_not_true,
    "response_format": is_not_text,
    "tool_choice": is_enforced,
    "structured_outputs": always,
}
"""An engine goes on with a text as with a part of its prompt: a grammar would begin again at its first rule, and what
is said of tokens would leave out the first ones."""

PROMPT = frozenset(
    "messages tools tool_choice documents chat_template chat_template_kwargs reasoning_effort add_special_tokens "
    "truncate_prompt_tokens truncation_side mm_processor_kwargs media_io_kwargs".split()
)
"""What goes into the text that the model reads, or the chat template may look at. All else is about what it writes."""

READS_LAST = Dial("vllm_xargs", "tandem_read_last")
"""With the plug-in of `serving/vllm_plugin` vLLM then takes from its prefix cache what stands before, though else it
passes the cache by where the probabilities of a prompt are asked for. Without the plug-in the field has no effect
(`tests/live`)."""

IDIOM = Idiom(goes_on_with=GOES_ON, salts=True)

RUNS = gauges(b"vllm:num_requests_running", b"vllm:num_requests_waiting")

PAGES = Pages(
    loads=(Look("/load", read_load, is_sure=False), Look("/metrics", RUNS)),
    answered=b"vllm:request_success_total",
)
"""`/load` costs next to nothing, but an engine that was not told to keep count says 0 there for ever. Every vLLM serves
metrics, though putting the page together takes it some milliseconds."""

VLLM = Dialect(
    name="vllm",
    passes=SAMPLING | SHAPE | LABELS,
    drops=IGNORED,
    escalates={},
    refuses=NOBODY,
    router_owned=OWNED,
    dials=DIALS,
    continues=True,
    whole=WHOLE,
    counts_blocks=True,
    reads=True,
    prompt=PROMPT,
    reads_last=READS_LAST,
    idiom=IDIOM,
    pages=PAGES,
)
