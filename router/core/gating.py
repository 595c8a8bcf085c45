"""How the attempts of one request are judged: what its policy orders, and what its answer is to be. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from router.core.budget import LEARNED
from router.core.capabilities import Fit
from router.core.checks.table import judge
from router.core.checks.written import Brief, Written
from router.core.decision import Decision
from router.core.doubt.estimate import Scorers, Signs, doubt_of, doubt_with_second
from router.core.doubt.final_answer import agree, find_final
from router.core.doubt.question import read_question
from router.core.facts import View, read_facts
from router.core.passes import PassTime
from router.core.pending import Compare, Judge, Orders
from router.core.policy import ConditionFailed, Mode, Objection, Then
from router.core.proof import Grading, ReadOrders
from router.core.reading.criteria import LIKELIHOOD_RATIO, Criteria
from router.core.reading.grade import grade
from router.core.reading.reading import Excerpt, Grade, Reading
from router.core.values import BANDS, ChatRequest, Message, Tier
from router.core.verdict import ACCEPTED, Finding, Verdict

JUDGED: Final[frozenset[Tier]] = frozenset(("fast",))
"""The tiers whose answers are judged: above them there is nobody who would do better."""

CONTEXT_CHARS = 16_000
"""How much of what was said before the last turn the checks are shown, the latest of it."""

OBJECTION: Final = "reject_when"
AGREEMENT: Final = "agreement"
"""What a verdict calls the policy's own condition on finished answers, and the comparing of two samples."""

LIKELY: Final = 0.5
"""Doubt above which an answer is more likely wrong than right."""

_NONE: Final[frozenset[Tier]] = frozenset()


def judged_tiers(decision: Decision) -> frozenset[Tier]:
    """The tiers of a decision whose attempts are judged."""
    return _NONE if decision.then.gate == "off" else JUDGED.intersection(decision.tiers)


def continuing_tiers(decision: Decision, request: ChatRequest, *, is_read: bool) -> frozenset[Tier]:
    """The tiers that go on with what others have begun. Of an answer that goes out in one piece there is only
    something begun where it is read as it comes."""
    return decision.continuing if request.streamed or is_read else _NONE


def read_orders_for(decision: Decision, view: View, deadline_s: float | None) -> ReadOrders | None:
    """How the attempts of a request are read; None: not at all. Nobody reads an answer of several choices or of which a
    part is no text, nor one that nobody could go on with."""
    then, request = decision.then, view.request
    reads = then.reads
    if reads is None or request.choices > 1 or request.parameters.get("tools") or then.thinking:
        return None
    reader = next((tier for tier in decision.tiers if tier not in JUDGED), None)
    if reader is None or reader not in decision.continuing or not judged_tiers(decision):
        return None
    if reads.when == "stakes" and BANDS.index(view.stakes.band) < BANDS.index(reads.least):
        return None
    return ReadOrders(
        reader,
        _grading_by(reads.criteria),
        reads.patience_s,
        deadline_s,
        above=reads.above if reads.when == "doubt" else None,
        repairs=then.max_repairs if then.on_reject == "repair" else 0,
        weighs_logprobs=LIKELIHOOD_RATIO in reads.criteria.limits,
    )


def _grading_by(criteria: Criteria) -> Grading:
    def graded(reading: Reading, excerpt: Excerpt, is_last: bool) -> Grade:  # noqa: FBT001 - a fact of the excerpt
        said, own = excerpt.text, excerpt.logprobs
        return grade(reading, said, criteria, is_last=is_last, before=excerpt.before, fast_logprobs=own)

    return graded


def orders_for(decision: Decision, view: View, scorers: Scorers, reads: ReadOrders | None = None) -> Orders:
    """How the attempts of a request are judged, by what was learned about doubt too."""
    then, request = decision.then, view.request
    brief = brief_of(request, decision)
    continuing = continuing_tiers(decision, request, is_read=reads is not None)
    compares = _is_compared(then, request, brief)
    judged = next((fit for fit in decision.ladder.fits if fit.tier in JUDGED), Fit("fast"))
    return Orders(
        _mode(then.gate, reads),
        brief,
        _judge_by(then, view, scorers, _waits(then) if compares else _never_waits),
        judged.canvas_tokens,
        cap=judged.denoising.max_steps,
        entropy_bound=judged.denoising.entropy_bound,
        holds=compares or request.choices > 1 or not continuing,
        shows_usage=_shows_usage(request),
        pass_time=_pass_time(view),
        compare=_compare_by(then, view, scorers, brief.prompt) if compares else None,
        second_above=then.second_above,
    )


def _mode(gate: Mode, reads: ReadOrders | None) -> Mode:
    """What is held until it was judged: every block of what is read, and all of it where that depends on the end."""
    if reads is None or gate == "whole":
        return gate
    return "block" if reads.above is None else "whole"


def _pass_time(view: View) -> PassTime | None:
    """How long a pass takes on the judged tier, once that was learned from its answers: by what is merely assumed of
    it, a slow engine would look like one that never settles."""
    states = [view.tiers[tier] for tier in JUDGED if tier in view.tiers]
    known = [state.pass_ms for state in states if state.seen_answers >= LEARNED and state.pass_ms > 0]
    return PassTime(known[0] / 1000.0) if known else None


def brief_of(request: ChatRequest, decision: Decision) -> Brief:
    """What the answer to a request is to be."""
    wanted = request.parameters.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, Mapping) else None
    asked = next((at for at in range(len(request.messages) - 1, -1, -1) if request.messages[at].role == "user"), None)
    earlier = request.messages if asked is None else request.messages[:asked]
    return Brief(
        prompt="" if asked is None else _text(request.messages[asked]),
        context="\n\n".join(map(_text, earlier))[-CONTEXT_CHARS:],
        task=decision.signals.task,
        wants_json=kind in ("json_object", "json_schema"),
        json_schema=_schema(wanted),
        tools=_tools(request.parameters.get("tools")),
        max_tokens=request.max_tokens,
        thinks=bool(decision.then.thinking),
    )


Waits = Callable[[float | None], bool]
"""Whether a finished answer that is doubted so much waits for its second sample before it may be objected to."""


def _waits(then: Then) -> Waits:
    above = then.second_above
    if above is None:
        return lambda _doubt: True
    return lambda doubt: doubt is not None and doubt > above


def _never_waits(_doubt: float | None) -> bool:
    return False


def _judge_by(then: Then, view: View, scorers: Scorers, waits: Waits) -> Judge:
    """By the checks, and once the answer is finished by the policy's objection."""

    def judged(written: Written) -> Verdict:
        verdict = judge(written, then.checks)
        if not written.is_last or not verdict.is_accepted:
            return verdict
        doubt = doubt_of(scorers, written.brief.prompt, written.whole, _signs(written)).doubt
        return Verdict((), doubt) if waits(doubt) else _unless_objected(then, view, doubt, None)

    return judged


def _compare_by(then: Then, view: View, scorers: Scorers, prompt: str) -> Compare:
    """By whether two samples end in the same. Where one of them ends in nothing that can be compared, doubt decides."""

    question = read_question(prompt)

    def compared(first: str, second: str) -> Verdict:
        thought, ends = doubt_of(scorers, prompt, first), [find_final(each, question) for each in (first, second)]
        agreed = None if None in ends else agree(*ends)
        if agreed is False or (agreed is None and (thought.doubt or 0.0) > LIKELY):
            return Verdict((Finding(AGREEMENT, "two samples do not end in the same"),), thought.doubt, agreed)
        return _unless_objected(then, view, doubt_with_second(scorers, thought, ends[1]), agreed)

    return compared


def _unless_objected(then: Then, view: View, doubt: float | None, agreed: bool | None) -> Verdict:  # noqa: FBT001
    objection = then.reject_when
    if objection is not None and _holds(objection, replace(view, doubt=doubt)):
        return Verdict((Finding(OBJECTION, _told(doubt)),), doubt, agreed)
    return ACCEPTED if doubt is None and agreed is None else Verdict((), doubt, agreed)


def _is_compared(then: Then, request: ChatRequest, brief: Brief) -> bool:
    """Whether a second sample tells anything: the question is a closed one, and the answer a single text."""
    if then.verify != "agreement" or request.choices > 1 or brief.tools or brief.wants_json:
        return False
    return read_question(brief.prompt).kind != "open"


def _holds(objection: Objection, view: View) -> bool:
    """A condition that cannot be evaluated turns the request expensive, as one of a rule does."""
    try:
        return objection.holds(read_facts(objection.names, view))
    except ConditionFailed:
        return True


def _told(doubt: float | None) -> str:
    return "nobody can tell" if doubt is None else f"doubt {doubt:.2f}"


def _signs(written: Written) -> Signs:
    passes, logprobs = written.passes, written.logprobs
    share = None if passes is None else min(passes.passes / max(passes.cap, 1), 1.0)
    return Signs(written.finish, sum(logprobs) / len(logprobs) if logprobs else None, share)


def _shows_usage(request: ChatRequest) -> bool:
    options = request.parameters.get("stream_options")
    return isinstance(options, Mapping) and options.get("continuous_usage_stats") is True


def _text(message: Message) -> str:
    return "\n".join([part.text for part in message.parts if part.text])


def _schema(wanted: Any) -> Mapping[str, Any] | None:
    described = wanted.get("json_schema") if isinstance(wanted, Mapping) else None
    schema = described.get("schema") if isinstance(described, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def _tools(tools: Any) -> Mapping[str, Mapping[str, Any] | None]:
    """The tools that may be called, each with the schema of its arguments. Whatever is no tool is not one here."""
    found: dict[str, Mapping[str, Any] | None] = {}
    for tool in tools if isinstance(tools, list) else ():
        function = tool.get("function") if isinstance(tool, Mapping) else None
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            parameters = function.get("parameters")
            found[function["name"]] = parameters if isinstance(parameters, Mapping) else None
    return found
