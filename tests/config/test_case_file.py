"""Files of cases: a request in its circumstances and what a policy must make of it; a case that fails says where."""

from pathlib import Path

import pytest

from router.config.policies.case_file import CaseFile, read_cases, run_cases
from router.config.yaml_file import parse_yaml
from router.core.errors import FileError
from router.core.recall import Conversation
from tests.policy_texts import a_policy_of
from tests.usual import USUAL

FILE = Path("cases/p.yaml")

POLICY = a_policy_of("""\
name: p
rules:
  - name: costly
    when: signals.stakes == "high"
    then: {tier: strong, commit_after: 3s, annotate: {why: stakes}}
  - name: busy
    when: tiers.fast.in_flight > 3
    then: {tier: strong, on_unavailable: degrade}
  - name: again
    when: memory.escalated || conversation.requests > 2
    then: {tier: strong}
  - name: guests
    when: tenant.name == "guest"
    then: {ladder: [fast, strong], max_escalations: 0, timeout: 500ms, denoise: {steps: 8}, thinking: off}
otherwise: {ladder: [fast, strong]}
""")


def cases_of(content: str) -> CaseFile:
    """The cases that this text holds. Raises FileError."""
    return read_cases(parse_yaml(FILE, content.encode()))


def one_case(*lines: str) -> str:
    """A file of one case, whose lines stand from line 4 on, five columns in."""
    return "policy: p\ncases:\n  - name: one\n" + "".join(f"    {line}\n" for line in lines)


def failures(content: str) -> list[str]:
    """What is wrong with the decisions that the policy makes, each from its line on."""
    results = run_cases(cases_of(content), POLICY, USUAL)
    return [failure.message.removeprefix(f"{FILE}:") for result in results for failure in result.failures]


def refused(content: str) -> str:
    """What is wrong with a text that holds no cases, from its line on."""
    with pytest.raises(FileError) as error:
        cases_of(content)
    return error.value.message.removeprefix(f"{FILE}:")


# --- the circumstances of a case --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([], "otherwise"),
        (["prompt: What is the capital of France?"], "otherwise"),
        (["prompt: How much ibuprofen can I give my 2 year old who weighs 12 kg?"], "costly"),
        (["signals: {stakes: high}"], "costly"),
        (["signals: {stakes_score: 0.9}"], "costly"),
        (["signals: {stakes: medium}"], "otherwise"),
        (["hints: {stakes: high}"], "costly"),
        (["grants: {min_stakes: high}"], "costly"),
        (["grants: {hints: raise_only}", "signals: {stakes: high}", "hints: {stakes: low}"], "costly"),
        (["signals: {stakes: high}", "hints: {stakes: low}"], "otherwise"),
        (["tiers: {fast: {in_flight: 4}}"], "busy"),
        (["tiers: {fast: {in_flight: 3}}"], "otherwise"),
        (["tiers: {strong: {in_flight: 4}}"], "otherwise"),
        (["conversation: {tier: fast, requests: 3}"], "again"),
        (["conversation: {tier: fast}"], "otherwise"),
        (["escalated: true"], "again"),
        (["tenant: guest"], "guests"),
    ],
    ids=" ".join,
)
def test_a_policy_sees_the_circumstances_of_a_case(lines: list[str], rule: str) -> None:
    assert failures(one_case(*lines, f"expect: {{rule: {rule}}}")) == []


def test_a_request_is_written_as_callers_write_it() -> None:
    asked = "request: {messages: [{role: user, content: hi}], tools: [{type: function}], max_tokens: 9, stream: true}"

    (case,) = cases_of(one_case(asked, "expect: {tier: fast}")).cases

    assert case.request.model == "auto"
    assert case.request.messages[0].parts[0].text == "hi"
    assert (case.request.max_tokens, case.request.streamed) == (9, True)


def test_a_request_may_pin_a_tier() -> None:
    asked = "request: {model: strong, messages: [{role: user, content: hi}]}"

    assert failures(one_case(asked, "expect: {rule: otherwise, reason: pin, ladder: [strong]}")) == []


def test_a_conversation_of_which_only_the_tier_is_said_has_one_answer() -> None:
    (case,) = cases_of(one_case("conversation: {tier: strong}", "expect: {tier: strong}")).cases

    assert case.setting.conversation == Conversation("strong", 1)


def test_cases_are_kept_in_their_order_with_the_lines_they_begin_in() -> None:
    content = one_case("expect: {tier: fast}") + "  - name: two\n    expect: {tier: fast}\n"

    results = run_cases(cases_of(content), POLICY, USUAL)

    assert [(result.case.name, result.line, result.failures) for result in results] == [("one", 3, ()), ("two", 5, ())]


# --- a case that passes -----------------------------------------------------------------------------------------

GUEST = ["tenant: guest"]


@pytest.mark.parametrize(
    ("lines", "expect"),
    [
        ([], "{rule: otherwise, tier: fast, ladder: [fast, strong], reason: otherwise}"),
        (["signals: {stakes: high}"], "{rule: costly, tier: strong, ladder: [strong], reason: rule}"),
        (["signals: {stakes: high}"], "{settings: {commit_after: 3s, annotate: {why: stakes}}}"),
        (["signals: {stakes: high}"], "{settings: {on_unavailable: fail, sticky: up, thinking: null, timeout: null}}"),
        (GUEST, "{ladder: [fast], settings: {max_escalations: 0, timeout: 500ms}}"),
        (GUEST, "{settings: {denoise: {steps: 8}, thinking: off}}"),
        (["conversation: {tier: strong}"], "{rule: otherwise, reason: conversation, ladder: [strong]}"),
        (["tiers: {strong: {configured: false}, fast: {in_flight: 4}}"], "{reason: degraded, ladder: [fast]}"),
        (["tiers: {fast: {in_flight: 4}}"], "{ladder: [strong], fallback: [fast]}"),
        (["signals: {stakes: high}"], "{ladder: [strong], fallback: []}"),
        (["tiers: {strong: {configured: false}}", "signals: {stakes: high}"], "{error: NoTierAvailable}"),
        (["hints: {max_tier: fast}", "signals: {stakes: high}"], "{error: InvalidRequest}"),
        (["grants: {max_tier: fast}", "signals: {stakes: high}"], "{error: Forbidden}"),
        (["signals: {prompt_tokens: 40000}"], "{reason: capability, ladder: [strong]}"),
        (["signals: {prompt_tokens: 5000}", "tiers: {fast: {context_tokens: 4000}}"], "{ladder: [strong]}"),
        (["request: {messages: [{role: user, content: x}], audio: {}}"], "{error: UnsupportedParameter}"),
        (["request: {model: gpt-4, messages: [{role: user, content: x}]}"], "{error: ModelNotFound}"),
        (["request: {model: fast, messages: [{role: user, content: x}]}", "grants: {}"], "{error: Forbidden}"),
        (["hints: {stakes: high}", "grants: {hints: none}"], "{error: Forbidden}"),
    ],
)
def test_a_case_passes_when_all_that_it_expects_comes_true(lines: list[str], expect: str) -> None:
    assert failures(one_case(*lines, f"expect: {expect}")) == []


# --- a case that fails ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("rule: costly", "5:13: case 'one' fails: the rule is 'otherwise', expected 'costly'"),
        ("tier: strong", "5:13: case 'one' fails: the tier is 'fast', expected 'strong'"),
        ("ladder: [fast]", "5:7: case 'one' fails: the ladder is [fast, strong], expected [fast]"),
        ("reason: rule", "5:15: case 'one' fails: the reason is 'otherwise', expected 'rule'"),
        ("settings: {sticky: off}", "5:26: case 'one' fails: sticky is 'up', expected 'off'"),
        ("settings: {denoise: {steps: 8}}", "5:18: case 'one' fails: denoise is not set, expected {'steps': 8}"),
        ("settings: {annotate: {a: b}}", "5:18: case 'one' fails: annotate is not set, expected {'a': 'b'}"),
        ("settings: {commit_after: 3s}", "5:32: case 'one' fails: commit_after is '10s', expected '3s'"),
        ("settings: {timeout: 3s}", "5:27: case 'one' fails: timeout is not set, expected '3s'"),
        ("settings: {thinking: on}", "5:28: case 'one' fails: thinking is not set, expected 'on'"),
        ("settings: {max_escalations: 1}", "5:35: case 'one' fails: max_escalations is not set, expected 1"),
        ("fallback: [fast]", "5:7: case 'one' fails: the fallback is [], expected [fast]"),
        ("error: Forbidden", "5:14: case 'one' fails: expected the error Forbidden, but rule 'otherwise' sends it to"),
    ],
)
def test_a_case_that_fails_says_where_it_expected_what(expected: str, said: str) -> None:
    (failure,) = failures(one_case("expect:", f"  {expected}"))

    assert failure.startswith(said)


def test_a_case_that_fails_in_several_ways_says_each_at_its_line() -> None:
    expected = [
        "expect:",
        "  tier: strong",
        "  rule: costly",
        "  settings:",
        "    sticky: off",
        "    max_escalations: 1",
    ]

    assert {failure.partition(":")[0] for failure in failures(one_case(*expected))} == {"5", "6", "8", "9"}


def test_a_case_that_is_refused_says_with_what_at_what_was_expected_instead() -> None:
    said = "6:5: case 'one' fails: the request is refused with NoTierAvailable: this request needs the tier strong"

    (failure,) = failures(
        one_case("signals: {stakes: high}", "tiers: {strong: {configured: false}}", "expect: {tier: strong}")
    )

    assert failure.startswith(said)


def test_a_case_that_expects_another_error_says_both() -> None:
    (failure,) = failures(
        one_case("signals: {stakes: high}", "tiers: {strong: {configured: false}}", "expect: {error: Forbidden}")
    )

    assert failure == "6:21: case 'one' fails: the error is NoTierAvailable, expected Forbidden"


def test_a_rule_that_the_policy_does_not_have_is_a_mistake_of_the_cases() -> None:
    with pytest.raises(FileError) as error:
        run_cases(cases_of(one_case("expect: {rule: costley}")), POLICY, USUAL)

    assert error.value.message == f"{FILE}:4:20: the policy p has no rule 'costley'; did you mean 'costly'?"


# --- mistakes ---------------------------------------------------------------------------------------------------

FAST = "expect: {tier: fast}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("cases:\n  - name: one\n    expect: {tier: fast}\n", "1:1: policy: is required and missing"),
        ("policy: p\n", "1:1: cases: is required and missing"),
        ("policy: p\ncases: []\n", "2:1: cases: List should have at least 1 item"),
        ("policy: P!\ncases:\n  - {name: one, expect: {tier: fast}}\n", "1:9: policy: String should match pattern"),
        ("policy: p\ncase:\n  - name: one\n", "2:1: case: is not a known setting; did you mean 'cases'?"),
        ("policy: p\ncases:\n  - expect: {tier: fast}\n", "3:5: cases.0.name: is required and missing"),
        (one_case("prompt: hi"), "3:5: cases.0.expect: is required and missing"),
        (one_case(FAST) + "  - name: one\n    " + FAST, "5:11: the case name 'one' is taken; names must differ"),
        (one_case("expcet: {tier: fast}"), "4:5: cases.0.expcet: is not a known setting; did you mean 'expect'?"),
        (one_case("expect: {}"), "4:5: cases.0.expect: expected at least one of rule, tier, ladder, fallback, reason"),
        (one_case("expect: {teir: fast}"), "4:14: cases.0.expect.teir: is not a known setting; did you mean 'tier'?"),
        (one_case("expect: {tier: fats}"), "4:20: cases.0.expect.tier: Input should be 'fast', 'strong' or 'hosted'"),
        (one_case("expect: {ladder: fast}"), "4:22: cases.0.expect.ladder: Input should be a valid list"),
        (one_case("expect: {ladder: [fast, fats]}"), "4:29: cases.0.expect.ladder.1: Input should be 'fast'"),
        (one_case("expect: {reason: because}"), "4:22: cases.0.expect.reason: Input should be 'rule'"),
        (one_case("expect: {error: Forbidden, tier: fast}"), "4:5: cases.0.expect: expected `error` alone"),
        (one_case("signals: {stakes: low, stakes_score: 0.9}", FAST), "4:5: cases.0.signals: stakes_score 0.9 lies in"),
        (
            one_case("hints: {stakes: low}", "request: {router: {}, messages: []}", FAST),
            "3:5: cases.0: expected hints in",
        ),
        (one_case("expect: {error: Oops}"), "4:21: cases.0.expect.error: Input should be 'NoTierAvailable'"),
        (one_case("expect: {settings: {queue: on}}"), "4:25: cases.0.expect.settings.queue: is not a known setting"),
        (one_case("expect: {settings: {timeout: 5}}"), "4:34: cases.0.expect.settings.timeout: expected a duration"),
        (one_case("prompt: hi", "request: {messages: []}", FAST), "3:5: cases.0: expected `prompt` or `request`"),
        (one_case("prompt: [hi]", FAST), "4:5: cases.0.prompt: Input should be a valid string"),
        (one_case("signals: {steaks: high}", FAST), "4:15: cases.0.signals.steaks: is not a known setting; did you"),
        (one_case("signals: {stakes: huge}", FAST), "4:23: cases.0.signals.stakes: Input should be 'low', 'medium'"),
        (one_case("signals: {turns: two}", FAST), "4:22: cases.0.signals.turns: Input should be a valid integer"),
        (one_case("signals: {stakes_score: '1'}", FAST), "4:29: cases.0.signals.stakes_score: Input should be a"),
        (one_case("signals: {stakes_score: true}", FAST), "4:29: cases.0.signals.stakes_score: Input should be a"),
        (one_case("signals: {code: 'yes'}", FAST), "4:21: cases.0.signals.code: Input should be a valid boolean"),
        (one_case("signals: {judged: 0}", FAST), "4:23: cases.0.signals.judged: Input should be a valid boolean"),
        (one_case("signals: {scripts: latin}", FAST), "4:24: cases.0.signals.scripts: Input should be a valid list"),
        (one_case("tiers: {quick: {}}", FAST), "4:13: cases.0.tiers.quick: "),
        (one_case("tiers: {fast: {in_flght: 1}}", FAST), "4:20: cases.0.tiers.fast.in_flght: is not a known setting"),
        (one_case("tiers: {fast: {in_flight: -1}}", FAST), "4:31: cases.0.tiers.fast.in_flight: Input should be"),
        (one_case("tiers: {fast: {configured: 'no'}}", FAST), "4:32: cases.0.tiers.fast.configured: Input should be"),
        (one_case("conversation: {teir: fast}", FAST), "4:20: cases.0.conversation.teir: is not a known setting"),
        (one_case("conversation: strong", FAST), "4:19: cases.0.conversation: Input should be"),
        (one_case("escalated: 'true'", FAST), "4:16: cases.0.escalated: Input should be a valid boolean"),
        (one_case("tenant: ''", FAST), "4:13: cases.0.tenant: String should have at least 1 character"),
        (one_case("grants: {min_steaks: high}", FAST), "4:"),
        (one_case("grants: {min_stakes: huge}", FAST), "4:"),
        (one_case("hints: {steaks: high}", FAST), "4:"),
        (one_case("hints: {latency_budget_ms: soon}", FAST), "4:"),
        (one_case("request: {messages: []}", FAST), "4:"),
        (one_case("request: {messages: [{role: usr, content: hi}]}", FAST), "4:"),
        (one_case("request: {n: few, messages: [{role: user, content: hi}]}", FAST), "4:"),
    ],
)
def test_a_mistake_in_a_case_is_refused_at_its_line_and_column(content: str, said: str) -> None:
    assert refused(content).startswith(said)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["hints:", "  max_tier: fast", "  steaks: high"], "6:"),
        (["hints:", "  max_tier: fast", "  stakes: huge"], "6:"),
        (["hints:", "  max_tier: fast", "  latency_budget_ms: soon"], "6:"),
        (["grants:", "  pins: true", "  min_steaks: high"], "6:"),
        (["grants:", "  pins: true", "  min_stakes: huge"], "6:"),
        (["request:", "  messages: [{role: user, content: hi}]", "  n: few"], "6:"),
        (["request:", "  messages: [{role: user, content: hi}]", "  max_tokens: 0"], "6:"),
        (["request:", "  max_tokens: 9", "  messages: []"], "6:"),
        (["request:", "  max_tokens: 9", "  messages:", "    - {role: user, content: hi}", "    - {role: usr}"], "8:"),
        (["request:", "  max_tokens: 9", "  messages:", "    - role: user", "      content: 5"], "8:"),
    ],
)
def test_a_mistake_deep_in_what_a_caller_sends_is_refused_at_its_line(lines: list[str], said: str) -> None:
    assert refused(one_case(*lines, FAST)).startswith(said)


@pytest.mark.parametrize("expected", ["rule", "tier", "ladder", "reason", "settings", "error"])
def test_an_expectation_that_was_forgotten_is_no_expectation(expected: str) -> None:
    assert refused(one_case("expect:", f"  {expected}:")).partition(":")[0] in ("4", "5")


def test_settings_of_which_none_is_named_are_no_expectation() -> None:
    assert refused(one_case("expect: {settings: {}}")).startswith("4:")


def test_signals_of_a_case_keep_their_types() -> None:
    signals = "{stakes_score: 1, difficulty_score: 0.5, judged: false, scripts: [han], schema: true, tools: 2}"

    (case,) = cases_of(one_case(f"signals: {signals}", FAST)).cases

    assert case.setting.signals == {
        "stakes_score": 1,
        "difficulty_score": 0.5,
        "judged": False,
        "scripts": ("han",),
        "schema": True,
        "tools": 2,
    }
