"""`transformers serve` 5.19: Hugging Face's own server, for trying a model out. Recorded against the real server;
`tests/live` repeats the observations that matter.

It answers 422 to a field that is not in OpenAI's specification, and takes without a word most that is: what is in no
column `passes` here has no effect there. It writes one answer at a time unless it is started with continuous batching,
says nothing of its load, always says the usage of a stream (with its finish), ends it without `[DONE]`, and without
`max_tokens` stops after 1,024 tokens.
"""

from typing import Any

from router.core.capabilities import Dial, Dialect, Row
from router.core.idiom import Idiom
from router.engines.dialects.beyond_openai import MEANT, STEERING, UNENFORCED, is_not_zero
from router.engines.dialects.vllm import IGNORED, LABELS, NOBODY, OWNED, WHOLE, is_not_one, is_not_true, is_on

SILENT = "is accepted by the engine and has no effect"


def is_not_auto(value: Any) -> bool:
    """Tools are offered to the model whatever `tool_choice` says."""
    return bool(value != "auto")


DROPS = {
    **STEERING,
    **IGNORED,
    "frequency_penalty": Row("is taken for a penalty on all repetition", is_not_zero),
    "presence_penalty": Row(SILENT, is_not_zero),
    "parallel_tool_calls": Row(SILENT, is_not_true),
    "reasoning_effort": Row(SILENT),
}
del DROPS["chat_template_kwargs"]

ESCALATES = {
    **MEANT,
    **UNENFORCED,
    "tool_choice": Row("has no effect there", is_not_auto),
    "n": Row("must be 1 there", is_not_one),
    "logprobs": Row("is not told by the engine", is_on),
    "top_logprobs": Row("is not told by the engine", is_not_zero),
    "logit_bias": Row("must be in broken numbers there, which clients do not send", bool),
}

STEERS = {name: Row("steers the engine itself") for name in ("generation_config", "chat_template_kwargs")}
"""The second is handed to the code that fills in chat templates, other templates included."""

TRANSFORMERS = Dialect(
    name="transformers",
    passes=frozenset("temperature top_p seed stop max_tokens max_completion_tokens stream stream_options tools".split())
    | LABELS,
    drops=DROPS,
    escalates=ESCALATES,
    refuses=NOBODY,
    router_owned=OWNED | STEERS,
    dials={"thinking": Dial("chat_template_kwargs", "enable_thinking")},
    whole=WHOLE,
    idiom=Idiom(
        renames={"max_completion_tokens": "max_tokens"},
        takes_null=False,
        leaves_out=frozenset({*DROPS, *ESCALATES, *NOBODY, *LABELS, "stream_options"}),
    ),
)
