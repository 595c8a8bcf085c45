"""Files of cases: `cases/<policy>.yaml` beside the policies. Reads them, and runs them against a policy."""

import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import orjson
from msgspec import Struct
from pydantic import Field, model_validator

from router.config.policies.mapping import Name, Strict, Written
from router.config.policies.policy_spec import SettingsSpec
from router.config.validation import suggestion, validate
from router.config.yaml_file import YamlFile
from router.core.case import Case, Difference, Expectation, Setting, Usual, examine
from router.core.chat_request import Limits, read_request
from router.core.decision import Reason
from router.core.errors import CallerError, FileError
from router.core.grants import OWNER, Caller, Grants
from router.core.kinds import STAKES_DOMAINS, TASKS
from router.core.policy import OTHERWISE, Policy, Then
from router.core.recall import Conversation
from router.core.scoring import band_of
from router.core.values import Band, Tier

POEM = "Write a short poem about autumn leaves."
"""What is asked in a case that gives no request: harmless and easy."""


ErrorName = Literal[
    "NoTierAvailable",
    "DeadlineExceeded",
    "Forbidden",
    "InvalidRequest",
    "UnsupportedParameter",
    "ContextTooLong",
    "ModelNotFound",
]


class SignalsSpec(Strict):
    """Signals that take the place of measured ones."""

    stakes: Band | None = None
    stakes_score: float | None = Field(None, ge=0, le=1)
    difficulty: Band | None = None
    difficulty_score: float | None = Field(None, ge=0, le=1)
    judged: bool | None = Field(None, description="false: the scores could not judge the text")
    prompt_tokens: int | None = Field(None, strict=True, ge=0)
    answer_tokens: int | None = Field(None, strict=True, ge=0)
    answer_tokens_p90: int | None = Field(None, strict=True, ge=0)
    task: Literal["", *TASKS] | None = None  # type: ignore[valid-type]
    stakes_domain: Literal["", *STAKES_DOMAINS] | None = None  # type: ignore[valid-type]
    turns: int | None = Field(None, strict=True, ge=0)
    code: bool | None = None
    maths: bool | None = None
    scripts: list[str] | None = None
    tools: int | None = Field(None, strict=True, ge=0)
    wants_schema: bool | None = Field(None, alias="schema")
    images: int | None = Field(None, strict=True, ge=0)
    audio: int | None = Field(None, strict=True, ge=0)
    reasoning_effort: str | None = None
    service_tier: str | None = None

    @model_validator(mode="after")
    def _bands_and_scores_agree(self) -> "SignalsSpec":
        band, score = self.stakes, self.stakes_score
        if band is not None and score is not None and band_of(score) != band:
            raise ValueError(f"stakes_score {score:g} lies in the band {band_of(score)}, not in {band}")
        if self.difficulty is not None and self.difficulty_score is not None:
            raise ValueError("expected `difficulty` or `difficulty_score`: its bands are the classifier's")
        return self

    def values(self) -> dict[str, Any]:
        """The signals that were given."""
        given = self.model_dump(exclude_none=True, by_alias=True)
        return given | ({"scripts": tuple(given["scripts"])} if "scripts" in given else {})


class TierSpec(Strict):
    """How a tier is doing when the request comes."""

    configured: bool | None = Field(None, description="false: there is no such tier")
    context_tokens: int | None = Field(None, strict=True, gt=0)
    in_flight: int | None = Field(None, strict=True, ge=0)
    limit: int | None = Field(None, strict=True, ge=0)
    spare: int | None = Field(None, strict=True, ge=0)
    failures: int | None = Field(None, strict=True, ge=0)
    predicted_p50_ms: int | None = Field(None, strict=True, ge=0)
    predicted_p90_ms: int | None = Field(None, strict=True, ge=0)
    seen_answers: int | None = Field(None, strict=True, ge=0)
    canvas_tokens: int | None = Field(None, strict=True, ge=0)
    pass_ms: float | None = Field(None, ge=0, allow_inf_nan=False)
    before_ms: float | None = Field(None, ge=0, allow_inf_nan=False)


class ConversationSpec(Strict):
    """What went before in the conversation."""

    tier: Tier | None = None
    requests: int = Field(1, strict=True, ge=0)


class ExpectSpec(Written):
    """What the policy must make of the case."""

    rule: str | None = Field(None, description="the rule that decides, or otherwise")
    tier: Tier | None = Field(None, description="the first tier that is tried")
    ladder: list[Tier] | None = Field(None, min_length=1, description="all tiers that are tried, in order")
    fallback: list[Tier] | None = Field(None, description="the tiers tried when none of the ladder can be reached")
    reason: Reason | None = Field(None, description="what settled the ladder")
    settings: SettingsSpec | None = Field(None, description="settings of the decision; those given are compared")
    error: ErrorName | None = Field(None, description="the error that the caller gets, and then nothing else")

    @model_validator(mode="after")
    def _expects_something(self) -> "ExpectSpec":
        if not self.model_fields_set or (self.settings is not None and not self.settings.model_fields_set):
            raise ValueError("expected at least one of rule, tier, ladder, fallback, reason, settings, error")
        if self.error is not None and len(self.model_fields_set) > 1:
            raise ValueError("expected `error` alone: a request that is refused has no decision")
        return self


class CaseSpec(Strict):
    """One case as it is written."""

    name: str = Field(min_length=1, max_length=200, description="what the case shows, as a sentence")
    prompt: str | None = Field(None, description="the user's message; or give `request`")
    request: dict[str, Any] | None = Field(None, description="the body of a chat completion; `model` may be left out")
    signals: SignalsSpec = Field(SignalsSpec(), description="signals in the place of measured ones")
    hints: dict[str, Any] = Field({}, description="what the caller hints: stakes, latency_budget_ms, max_tier ...")
    tenant: str = Field("local", min_length=1, description="the tenant of the key")
    grants: dict[str, Any] | None = Field(None, description="the key's grants; default: those of an owner")
    tiers: dict[Literal["fast", "strong"], TierSpec] = Field({}, description="how the tiers are doing")
    conversation: ConversationSpec | None = Field(None, description="what went before")
    escalated: bool = Field(default=False, description="this request went up not long ago")
    expect: ExpectSpec

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> "CaseSpec":
        if self.prompt is not None and self.request is not None:
            raise ValueError("expected `prompt` or `request`, not both")
        if self.hints and "router" in (self.request or {}):
            raise ValueError("expected hints in `hints` or in the request's `router` object, not in both")
        return self


class CasesSpec(Strict):
    """The cases of one policy: each a request in its circumstances, and the decision it must get."""

    policy: Name = Field(description="the policy's name")
    cases: list[CaseSpec] = Field(min_length=1, max_length=2000)


class CaseFile(Struct, frozen=True):
    """A file of cases, read."""

    file: YamlFile
    policy: str
    cases: tuple[Case, ...]


class CaseResult(Struct, frozen=True):
    """What came of one case; `failures` are errors at the place of what was expected, none when it passed."""

    case: Case
    line: int
    failures: tuple[FileError, ...]


def read_cases(file: YamlFile) -> CaseFile:
    """The cases that a file holds. Raises FileError with line and column."""
    spec = validate(file, CasesSpec)
    cases = tuple(_case(file, position, each) for position, each in enumerate(spec.cases))
    seen: set[str] = set()
    for position, case in enumerate(cases):
        if case.name in seen:
            raise file.error(("cases", position, "name"), f"the case name {case.name!r} is taken; names must differ")
        seen.add(case.name)
    return CaseFile(file, spec.policy, cases)


def run_cases(cases: CaseFile, policy: Policy, usual: Usual) -> list[CaseResult]:
    """Runs every case. Raises FileError when one expects a rule that the policy does not have."""
    rules = [rule.name for rule in policy.rules] + [OTHERWISE]
    results = []
    for position, case in enumerate(cases.cases):
        place = ("cases", position)
        if case.expected.rule is not None and case.expected.rule not in rules:
            said = f"the policy {policy.name} has no rule {case.expected.rule!r}"
            raise cases.file.error((*place, "expect", "rule"), said + suggestion(case.expected.rule, rules))
        found = examine(policy, case, usual)
        failures = tuple(_failure(cases.file, place, case, each) for each in found)
        results.append(CaseResult(case, cases.file.error(place, "").line, failures))
    return results


def _failure(file: YamlFile, place: Sequence[str | int], case: Case, difference: Difference) -> FileError:
    return file.error((*place, "expect", *difference.part), f"case {case.name!r} fails: {difference.said}")


def _case(file: YamlFile, position: int, spec: CaseSpec) -> Case:
    place = ("cases", position)
    body = spec.request or {"messages": [{"role": "user", "content": spec.prompt or POEM}]}
    if spec.hints:
        body = {**body, "router": spec.hints}
    try:
        request, hints = read_request(orjson.dumps({"model": "auto", **body}), {}, Limits())
    except CallerError as error:
        raise file.error((*place, *_part_at_fault(spec, error)), error.message) from None
    except TypeError as error:
        raise file.error((*place, "request"), f"is not JSON: {error}") from None
    return Case(spec.name, request, hints, _caller(file, place, spec), _setting(spec), _expectation(spec.expect))


_KEY = re.compile(r"[^.\[\]]+")
_UNKNOWN = re.compile("unknown field `(.*)`")


def _part_at_fault(spec: CaseSpec, error: CallerError) -> list[str | int]:
    """Where the case says what the reader of requests did not like: `messages[1].role` is two names and a position.
    Of a hint that is not known only the text of the error says the name."""
    keys = [int(key) if key.isdigit() else key for key in _KEY.findall(error.param or "")]
    if spec.hints and keys[:1] == ["router"]:
        return ["hints", *keys[1:], *_UNKNOWN.findall(error.message)]
    return ["request", *keys]


_GRANT_AT_FAULT = re.compile(r" - at `\$\.(\w+).*`")


def _wrong_grant(file: YamlFile, keys: Sequence[str | int], said: str) -> FileError:
    """msgspec names the grant at fault in the text of its error only."""
    unknown, wrong = _UNKNOWN.search(said), _GRANT_AT_FAULT.search(said)
    if unknown is not None:
        name = unknown[1]
        return file.error_at_key(
            (*keys, name), f"{name}: is not a known grant{suggestion(name, Grants.__struct_fields__)}"
        )
    name = "" if wrong is None else wrong[1]
    return file.error((*keys, name), f"grants.{name}: {_GRANT_AT_FAULT.sub('', said)}")


def _caller(file: YamlFile, place: Sequence[str | int], spec: CaseSpec) -> Caller:
    if spec.grants is None:
        return Caller(spec.tenant, OWNER.key_id, OWNER.grants)
    try:
        return Caller(spec.tenant, "case", msgspec.convert(spec.grants, Grants))
    except msgspec.ValidationError as error:
        raise _wrong_grant(file, (*place, "grants"), str(error)) from None


def _setting(spec: CaseSpec) -> Setting:
    given = spec.conversation
    tiers: dict[Tier, dict[str, Any]] = {
        tier: state.model_dump(exclude_none=True) for tier, state in spec.tiers.items()
    }
    conversation = Conversation() if given is None else Conversation(given.tier, given.requests)
    return Setting(spec.signals.values(), tiers, conversation, spec.escalated)


def _expectation(spec: ExpectSpec) -> Expectation:
    settings: dict[str, Any] = {}
    if spec.settings is not None:
        written = Then(("fast",), **spec.settings.values()).settings()
        settings = {name: written[name] for name in spec.settings.model_fields_set}
    ladder = None if spec.ladder is None else tuple(spec.ladder)
    fallback = None if spec.fallback is None else tuple(spec.fallback)
    return Expectation(spec.tier, ladder, fallback, spec.rule, spec.reason, settings, spec.error)
