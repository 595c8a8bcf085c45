"""The autoregressive engine reads what was drafted: what each token of it is to that engine, and what that costs."""

from typing import Any

from tests.patience import until
from tests.wire.engines import PROMPT, WireEngine

USER = {"role": "user", "content": PROMPT}
DRAFT = "The capital of France is Paris, on the river Seine. About 2100000 people live there; it has 20 districts."
GOING_ON = {"continue_final_message": True, "add_generation_prompt": False, "max_tokens": 1}
READING = {**GOING_ON, "prompt_logprobs": 1}
FIRST = "vllm:time_to_first_token_seconds"
BETWEEN = "vllm:inter_token_latency_seconds"
PREFILL = "vllm:request_prefill_time_seconds"
HITS = "vllm:prefix_cache_hits_total"
SOON_S = 10.0


def test_a_draft_is_read_token_by_token_and_its_tokens_come_last(strong: WireEngine) -> None:
    body = read(strong, DRAFT)
    drafted = strong.post_to("/tokenize", prompt=DRAFT, add_special_tokens=False).json

    first, *entries = body["prompt_logprobs"]
    own = [next(iter(entry.items())) for entry in entries[-drafted["count"] :]]

    assert first is None
    assert [int(number) for number, _ in own] == drafted["tokens"]
    assert "".join(scored["decoded_token"] for _, scored in own) == DRAFT


def test_what_the_engine_would_have_written_stands_beside_a_token_that_is_not_it(strong: WireEngine) -> None:
    for entry in tokens_read(strong, DRAFT):
        own, *others = entry.values()
        assert own["logprob"] <= 0
        assert [each["rank"] for each in others] == ([] if own["rank"] == 1 else [1])
        assert all(each["logprob"] >= own["logprob"] for each in others)


def test_a_reading_writes_one_token_which_is_how_the_draft_would_go_on(strong: WireEngine) -> None:
    body = read(strong, DRAFT, temperature=0)
    (goes_on,) = strong.chat(**of(DRAFT), **GOING_ON, temperature=0).json["choices"]

    assert body["usage"]["completion_tokens"] == 1
    assert body["choices"][0]["message"]["content"] == goes_on["message"]["content"]


def test_the_same_draft_is_read_the_same_again(strong: WireEngine) -> None:
    one, again = tokens_read(strong, DRAFT), tokens_read(strong, DRAFT)

    ids = [[next(iter(entry)) for entry in entries] for entries in (one, again)]
    assert ids[0] == ids[1]
    assert all(near(a, b) for a, b in zip(one, again, strict=True))


def test_a_draft_that_was_read_before_is_not_taken_from_the_cache(strong: WireEngine) -> None:
    until(strong.is_idle, SOON_S)
    before = strong.samples()
    for _ in range(2):
        read(strong, DRAFT * 4)

    until(lambda: strong.samples().of(f"{PREFILL}_count") - before.of(f"{PREFILL}_count") == 2, SOON_S)
    assert strong.samples().of(HITS) == before.of(HITS)


def test_an_engine_tells_how_long_it_worked_for_an_answer_that_nobody_waited_for(strong: WireEngine) -> None:
    until(strong.is_idle, SOON_S)
    before = strong.samples()
    with strong.opened(max_tokens=300, ignore_eos=True) as stream:
        for _ in range(6):
            stream.next_event()

    until(lambda: strong.samples().of(f"{BETWEEN}_count") - before.of(f"{BETWEEN}_count") >= 3, SOON_S)
    assert strong.samples().of(f"{FIRST}_count") - before.of(f"{FIRST}_count") == 1
    assert strong.samples().of(f"{FIRST}_sum") > before.of(f"{FIRST}_sum")


def of(draft: str) -> dict[str, Any]:
    """The conversation of which this is the unfinished end."""
    return {"messages": [USER, {"role": "assistant", "content": draft}]}


def read(engine: WireEngine, draft: str, **beside: Any) -> Any:
    """The body of a reading."""
    return engine.chat(**of(draft), **READING, **beside).json


def tokens_read(engine: WireEngine, draft: str) -> list[dict[str, Any]]:
    """What was read of each token, but for the first of the prompt."""
    return [entry for entry in read(engine, draft)["prompt_logprobs"] if entry is not None]


def near(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two readings of a token come to about the same."""
    a, b = next(iter(one.values())), next(iter(other.values()))
    return abs(a["logprob"] - b["logprob"]) < 0.05
