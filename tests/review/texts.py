"""Two policies to compare, the cases of the first, and requests: small enough to count by hand."""

from pathlib import Path

from router.config.policies.policy_file import compile_policy
from router.config.yaml_file import parse_yaml
from router.core.policy import Policy
from router.review.requests_file import Row, read_prompt
from tests.usual import FIRST_REQUEST

CAREFUL = """\
name: careful
rules:
  - name: high-stakes
    when: signals.stakes == "high"
    then: {tier: strong}
  - name: coding
    when: signals.code
    then: {tier: strong, timeout: 5s}
  - name: crowded
    when: tiers.fast.in_flight >= 4
    then: {tier: strong, on_unavailable: degrade}
otherwise: {ladder: [fast, strong]}
"""

QUICK = """\
name: quick
rules:
  - name: high-stakes
    when: signals.stakes == "high"
    then: {tier: strong, commit_after: 3s}
otherwise: {ladder: [fast, strong]}
"""

BY_TENANT = 'name: by-tenant\nrules:\n  - {name: acme, when: tenant.name == "acme", then: {tier: strong}}\n' + (
    "otherwise: {tier: fast}\n"
)

CASES = """\
policy: careful
cases:
  - name: what could harm goes to the strong tier
    signals: {stakes: high}
    expect: {rule: high-stakes, tier: strong}
  - name: code does too, and not for long
    signals: {code: true}
    expect: {rule: coding, settings: {timeout: 5s}}
  - name: a poem may be quick
    expect: {rule: otherwise, ladder: [fast, strong]}
"""
"""Nothing in them is crowded."""

HARM = "How much ibuprofen can I give my 2 year old who weighs 12 kg?"
CODE = "Write a Python function that merges two sorted lists."
POEM = "Write a poem about autumn leaves."


def a_policy_of(text: str) -> Policy:
    """The policy that this text holds."""
    return compile_policy(parse_yaml(Path("p.yaml"), text.encode()))


def rows_of(*prompts: str) -> list[Row]:
    """The rows of a file of these prompts."""
    return [
        Row(number, prompt, read_prompt(prompt, FIRST_REQUEST.question)) for number, prompt in enumerate(prompts, 1)
    ]


def write_policies(folder: Path) -> Path:
    """A folder of both policies and the cases of the first."""
    (folder / "cases").mkdir(parents=True)
    (folder / "careful.yaml").write_text(CAREFUL)
    (folder / "quick.yaml").write_text(QUICK)
    (folder / "cases" / "careful.yaml").write_text(CASES)
    return folder
