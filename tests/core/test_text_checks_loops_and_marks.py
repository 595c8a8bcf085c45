"""What the checks of text hold against loops and marks of engines, and the good text that looks like them."""
# ruff: noqa: RUF001 - other alphabets than the Latin one are among what this is about

import pytest

from router.core.checks.table import check_set, judge
from router.core.checks.written import Brief, Written

OTTERS = "Otters swim well. They live near rivers and eat fish."
SENTENCE = "The river rises in the hills to the north of the town."


def reasons_of(text: str, prompt: str = "Tell me about otters.", **more: object) -> tuple[str, ...]:
    return judge(Written(Brief(prompt), text, **more), check_set("standard")).reasons  # type: ignore[arg-type]


@pytest.mark.parametrize("mark", ["<|channel>thought", "<channel|>", "<think>", "</think>", "<|channel|>"])
def test_a_mark_of_thinking_is_never_shown(mark: str) -> None:
    assert reasons_of(f"{mark}\n{OTTERS}") == ("channel",)


@pytest.mark.parametrize("mark", ["<|tool_call>", "<tool_call|>", "<tool_call>", "[TOOL_CALLS]"])
def test_a_raw_tool_call_is_never_shown(mark: str) -> None:
    assert "raw_tool_call" in reasons_of(f'{mark}call:weather{{"city":"Rome"}}')


def test_an_answer_about_tokens_may_name_them_as_code() -> None:
    said = "The token `<pad>` fills up a batch:\n```\nhello <pad> <pad>\n```\nThe model ignores it."
    assert reasons_of(said, "What is padding in a tokenizer?") == ()


def test_a_token_in_code_that_is_about_something_else_is_a_fault() -> None:
    assert reasons_of("```python\nx = <pad> + 1\n```", "Add one to x.") == ("special_tokens",)


def test_an_answer_may_repeat_a_token_of_the_prompt() -> None:
    assert reasons_of("Here it stands for the end: </s> closes.", "What does </s> mean here?") == ()


def test_struck_out_text_in_html_is_no_special_token() -> None:
    assert reasons_of("<p>It was <s>ten</s> nine euros in the end.</p>", "Show a price cut on a page.") == ()


def test_one_word_does_not_explain_anything() -> None:
    assert reasons_of("Otters", "Explain how otters keep warm in winter.") == ("terse",)


@pytest.mark.parametrize(
    "prompt", ["Are otters mammals? Answer yes or no.", "Explain in one word.", "What is 7 times 8?"]
)
def test_one_word_is_an_answer_where_one_is_asked_for(prompt: str) -> None:
    assert reasons_of("Yes", prompt) == ()


def test_words_in_a_loop_are_rejected() -> None:
    assert "repetition" in reasons_of(f"{OTTERS} They " + "swim in the river and " * 6)


def test_a_loop_in_a_writing_without_blanks_is_rejected() -> None:
    assert "repetition" in reasons_of("水獭生活在河边" + "，它们喜欢吃鱼" * 6, "请介绍水獭的生活习性")


def test_a_loop_is_seen_across_the_seam() -> None:
    loop = "swim in the deep river and "
    assert "repetition" in reasons_of(loop * 2, before=f"{OTTERS} They {loop * 2}", is_last=False)


def test_a_loop_that_was_asked_for_is_accepted() -> None:
    assert reasons_of("I love otters. " * 10, "Write 'I love otters.' 10 times.") == ()


@pytest.mark.parametrize(
    "text",
    [
        "1. Wash the apples.\n2. Peel the apples.\n3. Core the apples.\n4. Slice the apples.\n5. Eat the apples.",
        "| a | yes | no |\n| b | yes | no |\n| c | yes | no |\n| d | yes | no |\n| e | yes | no |",
        "\n".join(f"2026-01-01T00:00:0{second}Z INFO worker ready, queue empty" for second in range(9)),
        "for(let i=0;i<9;i++){a[i]=0;b[i]=0;c[i]=0;d[i]=0}",
        "0 0 0 0 0 0 0 0\n0 0 0 0 0 0 0 0\n0 0 0 0 0 0 0 0\n0 0 0 0 0 0 0 0",
        "aGVsbG8gd29ybGQhIGhlbGxvIHdvcmxkISBoZWxsbyB3b3JsZCE=",
        "Ha ha ha, that is a good one! Otters never stop playing.",
        "+----+----+----+----+----+----+\n|    |    |    |    |    |    |\n+----+----+----+----+----+----+",
        "-----------------------------------------------------\nOtters\n=====================================",
    ],
)
def test_parallel_text_is_no_loop(text: str) -> None:
    assert not {"repetition", "repeated_sentence", "character_run"} & set(reasons_of(text))


def test_a_refrain_is_no_loop_in_a_song() -> None:
    song = "Let it flow, let it flow,\nLet it flow, let it flow,\nDown the river let it flow."
    assert reasons_of(song, "Write a song about a river.") == ()


def test_a_sentence_said_twice_on_end_is_rejected() -> None:
    assert reasons_of(f"{OTTERS} {SENTENCE} {SENTENCE} It is wide.") == ("repeated_sentence",)


def test_sentences_that_share_their_beginning_are_no_repetition() -> None:
    assert reasons_of("The river rises in the hills. The river rises in spring. The river rises fast.") == ()


@pytest.mark.parametrize("run", ["a" * 40, "!" * 30, "\n" * 30])
def test_one_character_over_and_over_is_rejected(run: str) -> None:
    assert "character_run" in reasons_of(f"Otters swim well {run} and eat fish.")


def test_a_block_that_begins_with_the_end_of_the_one_before_is_rejected() -> None:
    assert "seam" in reasons_of(f"{SENTENCE} It is wide.", before=f"{OTTERS} {SENTENCE}", is_last=False)


def test_a_word_half_doubled_at_the_seam_is_rejected() -> None:
    assert reasons_of("information about otters.", before="We have gathered inform", is_last=False) == ("seam",)


def test_a_word_cut_by_the_seam_is_accepted() -> None:
    assert reasons_of("ation about otters.", before="We have gathered inform", is_last=False) == ()
