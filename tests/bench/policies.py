"""What deciding costs: `decide()` on a view already built, each further rule, and loading a policy of 1,000 rules.

python -m tests.bench.policies
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from router.config.policies.policy_file import read_policy
from router.config.shipped import SHIPPED_POLICIES
from router.core.case import Case, Expectation, Setting, put
from router.core.chat_request import Limits, read_request
from router.core.decision import decide
from router.core.grants import OWNER
from router.core.policy import Policy
from router.core.situation import Question
from tests.bench.figure import Goal, Series, make_figure, print_figure, say
from tests.examples import chat_body
from tests.usual import USUAL

ROUNDS, CALLS = 30, 300
FEW, MANY = 10, 110
"""Rules of the two policies whose difference is the cost of a rule; none of them matches."""

CONDITIONS = (
    'signals.stakes == "high" && tenant.name == "tenant-{n}"',
    'request.model.startsWith("team-{n}-") && signals.tools > 0',
    "signals.prompt_tokens > {n}000 && signals.turns > 3 && !signals.judged",
    'tiers.fast.in_flight > {n} && signals.difficulty != "low"',
    '"cyrillic" in signals.scripts && request.max_tokens == {n}',
)
"""What rules of real policies look like; `{n}` makes each differ."""


def main() -> int:
    """Runs all benchmarks; 0 whatever they find."""
    question = ordinary_question()
    shipped = read_policy(SHIPPED_POLICIES / "default.yaml")
    with tempfile.TemporaryDirectory() as folder:
        few, many = (read_policy(write_policy(Path(folder), rules)) for rules in (FEW, MANY))
        large = write_policy(Path(folder), 1000)
        say(f"deciding {ROUNDS} x {CALLS} times by three policies")
        rounds = [[decide_us(policy, question) for policy in (shipped, few, many)] for _ in range(ROUNDS)]
        loads_s = [timed_s(lambda: read_policy(large)) for _ in range(5)]
    whole, lean, full = (Series(column) for column in zip(*rounds, strict=True))
    each = Series([(b - a) / (MANY - FEW) for a, b in zip(lean.values, full.values, strict=True)])
    for name, unit, series, goal in (
        ("decide by the default policy", "us", whole, 40.0),
        ("a further rule evaluated", "us", each, 3.0),
        ("load a policy of 1,000 rules", "s", Series(loads_s), 1.0),
    ):
        print_figure(make_figure(name, unit, series, None, Goal("value", goal)))
    return 0


def ordinary_question() -> Question:
    """A short question that no rule of the default policy takes, so that every rule is evaluated."""
    body = chat_body("Explain in a few paragraphs how a canal lock works, for a school newspaper.")
    request, hints = read_request(body, {}, Limits())
    return put(Case("ordinary", request, hints, OWNER, Setting(), Expectation()), USUAL)


def write_policy(folder: Path, rules: int) -> Path:
    """A policy of so many rules as a team would write them, none of which matches the ordinary question."""
    lines = ["name: many", "rules:"]
    for number in range(rules):
        condition = CONDITIONS[number % len(CONDITIONS)].format(n=number + 1)
        lines += [f"  - name: rule-{number}", f"    when: {condition!r}", "    then: {ladder: [fast, strong]}"]
    path = folder / f"{rules}.yaml"
    path.write_text("\n".join([*lines, "otherwise: {tier: strong}", ""]))
    return path


def decide_us(policy: Policy, question: Question) -> float:
    """Microseconds of one decision, over a batch of them."""
    view, reach, pin = question.view, question.reach, question.pin

    def batch() -> None:
        for _ in range(CALLS):
            decide(policy, view, reach, pin)

    return timed_s(batch) / CALLS * 1e6


def timed_s(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started_s = perf_counter()
    work()
    return perf_counter() - started_s


if __name__ == "__main__":
    sys.exit(main())
