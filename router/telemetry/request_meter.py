"""What is counted of each request as a whole. All of it from its record."""

from router.core.length_history import length_seen
from router.core.record import Record, ShadowDecision, wasted_tokens
from router.telemetry import names
from router.telemetry.instruments import OTHER, Count, Distribution, Register
from router.telemetry.known import Known


class RequestMeter:
    """Requests: how they were decided, what came of them, how long they took against what was asked and foretold."""

    def __init__(self, register: Register) -> None:
        self._requests = register(Count(names.REQUESTS, "Finished requests.", "tier", "rule", "outcome", "status"))
        self._decisions = register(
            Count(names.DECISIONS, "Decisions by the tier to try first and the rule.", "policy", "rule", "tier")
        )
        self._duration = register(_seconds(names.REQUEST_DURATION, "From the request's arrival to its end.", "tier"))
        self._first_block = register(
            _seconds(names.FIRST_BLOCK, "From the attempt that served to its first block.", "tier")
        )
        self._budgets = register(
            Count(names.LATENCY_BUDGETS, "Answers with a latency budget, by its end.", "tier", "outcome")
        )
        self._predictions = register(
            Count(names.PREDICTIONS, "Answers by the prediction they kept within.", "tier", "within")
        )
        self._ratio = register(
            Distribution(
                names.PREDICTION_RATIO, "Time that answers took over the predicted median.", names.RATIOS, "tier"
            )
        )
        self._lengths = register(
            Count(names.ANSWER_LENGTHS, "Answers by the estimate they kept within.", "task", "within")
        )
        self._spills = register(Count(names.SPILLS, "Requests that began above a tier that was full.", "tier"))
        self._wait = register(
            _seconds(names.QUEUE_WAIT, "That requests waited for a seat, where they did.", "priority")
        )
        self._cache = register(Count(names.CACHE, "Requests by how they met the cache.", "outcome"))
        self._rollouts = register(
            Count(
                names.ROLLOUT_REQUESTS,
                "Requests while a candidate decides a share of them.",
                "policy",
                "arm",
                "outcome",
            )
        )
        self._shadows = register(
            Count(names.SHADOW_DECISIONS, "Decisions of candidates in shadow.", "policy", "changed")
        )

    def count(self, record: Record) -> None:
        """One more request."""
        tier = record.tier or "none"
        self._requests.add((tier, record.rule or "none", record.outcome, str(record.status)))
        self._duration.add((tier,), record.elapsed_s)
        if record.first_block_s is not None:
            self._first_block.add((tier,), record.first_block_s)
        if record.ladder:
            self._decisions.add((_name(record.policy), record.rule, record.ladder[0]))
        if record.cache is not None:
            self._cache.add((record.cache,))
        if record.outcome == "served":
            self._compare(record, tier)
        self._count_candidates(record)
        self._count_seat(record)

    def _compare(self, record: Record, tier: str) -> None:
        budget_ms = record.latency_budget_ms
        if budget_ms is not None:
            self._budgets.add((tier, "met" if record.elapsed_s * 1e3 <= budget_ms else "missed"))
        answer = length_seen(record)
        if answer is not None:
            self._lengths.add((answer.task or "none", answer.within))
        if record.predicted_p50_ms and record.attempts and record.attempts[0].outcome == "served":
            first = record.attempts[0]
            took_ms = first.elapsed_s * 1e3
            self._predictions.add((first.tier, _within(took_ms, record)))
            self._ratio.add((first.tier,), took_ms / record.predicted_p50_ms)

    def _count_candidates(self, record: Record) -> None:
        if record.arm:
            self._rollouts.add((_name(record.policy), record.arm, record.outcome))
        if record.shadow is not None:
            self._shadows.add((_name(record.shadow.policy), _what_changed(record.shadow)))

    def _count_seat(self, record: Record) -> None:
        if record.spilled_from is not None:
            self._spills.add((record.spilled_from,))
        if record.waited_s > 0.0:
            self._wait.add((record.priority,), record.waited_s)


class CostMeter:
    """What requests took of the engines: tokens, time and money, by tier and by tenant."""

    def __init__(self, register: Register, known: Known) -> None:
        self._known = known
        self._tokens = register(Count(names.TOKENS, "Tokens of served answers.", "tier", "type"))
        self._written = register(Count(names.TOKENS_WRITTEN, "Tokens that engines generated, for whomever.", "tier"))
        self._wasted = register(Count(names.TOKENS_WASTED, "Tokens that engines generated for nobody.", "tier"))
        self._read = register(Count(names.TOKENS_READ, "Tokens that were taken in to read drafts."))
        self._engine = register(Count(names.ENGINE_SECONDS, "Seconds that engines were kept at it.", "tier"))
        self._requests = register(Count(names.TENANT_REQUESTS, "Finished requests.", "tenant", "outcome"))
        self._tenant_tokens = register(Count(names.TENANT_TOKENS, "Tokens of served answers.", "tenant", "type"))
        self._tenant_engine = register(
            Count(names.TENANT_ENGINE_SECONDS, "Seconds that engines were kept at it.", "tenant")
        )
        self._cost = register(Count(names.COST, "Millionths of a US dollar that requests cost.", "tier"))
        self._wasted_cost = register(Count(names.COST_WASTED, "The part of them that wrote what nobody got."))
        self._compared = register(
            Count(names.COST_COMPARED, "What served requests cost, and would have at the strong tier alone.", "way")
        )
        self._tenant_cost = register(
            Count(names.TENANT_COST, "Millionths of a US dollar that requests cost.", "tenant")
        )

    def count(self, record: Record) -> None:
        """One more request."""
        tenant = record.tenant if record.tenant in self._known.tenants else OTHER
        self._requests.add((tenant, record.outcome))
        if record.usage is not None:
            prompt, completion = record.usage.prompt_tokens, record.usage.completion_tokens
            tier = record.tier or "none"
            self._tokens.add((tier, "prompt"), prompt)
            self._tokens.add((tier, "completion"), completion)
            self._tenant_tokens.add((tenant, "prompt"), prompt)
            self._tenant_tokens.add((tenant, "completion"), completion)
        for each, tokens in record.tokens_written.items():
            self._written.add((each,), tokens)
        for each, seconds in record.engine_s.items():
            self._engine.add((each,), seconds)
            self._tenant_engine.add((tenant,), seconds)
        if record.tokens_read:
            self._read.add((), record.tokens_read)
        if record.wasted_tokens:
            for attempt in record.attempts:
                self._wasted.add((attempt.tier,), wasted_tokens((attempt,)))
        if record.cost_microusd:
            self._count_money(record, record.cost_microusd, tenant)

    def _count_money(self, record: Record, cost_microusd: int, tenant: str) -> None:
        self._tenant_cost.add((tenant,), cost_microusd)
        for each, cost in record.tiers_microusd.items():
            self._cost.add((each,), cost)
        if record.wasted_microusd:
            self._wasted_cost.add((), record.wasted_microusd)
        if record.strong_alone_microusd is not None:
            self._compared.add(("spent",), cost_microusd)
            self._compared.add(("strong_alone",), record.strong_alone_microusd)


def _seconds(name: str, about: str, *labels: str) -> Distribution:
    return Distribution(name, about, names.SECONDS, *labels)


def _name(version: str) -> str:
    """The policy's name: of its versions there is no end."""
    return version.partition("@")[0]


def _within(took_ms: float, record: Record) -> str:
    if took_ms <= record.predicted_p50_ms:
        return "p50"
    return "p90" if took_ms <= record.predicted_p90_ms else "beyond"


def _what_changed(shadow: ShadowDecision) -> str:
    if "ladder" in shadow.changed:
        return "ladder"
    return "settings" if shadow.changed else "nothing"
