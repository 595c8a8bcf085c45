"""What vLLM takes beyond OpenAI's parameters, for the tables of engines that know none of it: what only steers how an
answer is written is dropped and reported, what the answer would be another without goes up."""

from typing import Any

from router.core.capabilities import Row
from router.engines.dialects.vllm import is_enforced, is_not_one, is_not_text, is_not_true, is_on

UNKNOWN = "is not known to engines of this kind"
UNSTRUCTURED = "needs structured output, which engines of this kind do not enforce"


def is_not_zero(value: Any) -> bool:
    """0 is the neutral value: saying it asks for nothing."""
    return bool(value != 0)


def is_a_number_of_choices(value: Any) -> bool:
    """How many of the likeliest tokens are looked at; 0 and -1 stand for all of them."""
    return value not in (0, -1)


STEERING: dict[str, Row] = {
    "top_k": Row(UNKNOWN, is_a_number_of_choices),
    "min_p": Row(UNKNOWN, is_not_zero),
    "repetition_penalty": Row(UNKNOWN, is_not_one),
    "length_penalty": Row(UNKNOWN, is_not_one),
    "skip_special_tokens": Row(UNKNOWN, is_not_true),
    "spaces_between_special_tokens": Row(UNKNOWN, is_not_true),
    "include_stop_str_in_output": Row(UNKNOWN, is_on),
    "include_reasoning": Row(UNKNOWN, is_not_true),
    "add_special_tokens": Row(UNKNOWN, is_on),
    "chat_template_kwargs": Row(UNKNOWN, bool),
}

MEANT: dict[str, Row] = {
    "min_tokens": Row(UNKNOWN, is_not_zero),
    "stop_token_ids": Row(UNKNOWN, bool),
    "ignore_eos": Row(UNKNOWN, is_on),
    "bad_words": Row(UNKNOWN, bool),
    "allowed_token_ids": Row(UNKNOWN, bool),
    "truncate_prompt_tokens": Row(UNKNOWN),
    "documents": Row(UNKNOWN, bool),
    "prompt_logprobs": Row(UNKNOWN),
    "return_token_ids": Row(UNKNOWN, is_on),
    "echo": Row(UNKNOWN, is_on),
    "use_beam_search": Row(UNKNOWN, is_on),
    "continue_final_message": Row(UNKNOWN, is_on),
    "add_generation_prompt": Row(UNKNOWN, is_not_true),
    "structured_outputs": Row(UNSTRUCTURED),
}

UNENFORCED: dict[str, Row] = {
    "response_format": Row(UNSTRUCTURED, is_not_text),
    "tool_choice": Row("must be enforced, which engines of this kind do not do", is_enforced),
}
"""OpenAI's own parameters that need structured output."""
