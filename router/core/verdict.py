"""What the checks make of a block: accepted, or rejected with reasons. Pure values."""

from msgspec import Struct

EVIDENCE_CHARS = 120
"""How much of what was found is kept: enough to see what is meant, not a copy of the answer."""


class Finding(Struct, frozen=True, gc=False):
    """What one check holds against a block. `evidence` says what it saw, in a few words or figures."""

    check: str
    evidence: str


class Verdict(Struct, frozen=True, gc=False):
    """What was found in a block. `doubt`: the estimated probability that the finished answer is wrong; None: nobody
    could tell, or the answer is not finished. `agreed`: whether two samples of it ended in the same; None: there was
    one, or nothing to compare."""

    findings: tuple[Finding, ...] = ()
    doubt: float | None = None
    agreed: bool | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def reasons(self) -> tuple[str, ...]:
        """The names of the checks that found something."""
        return tuple([finding.check for finding in self.findings])


ACCEPTED = Verdict()

FIGURES = frozenset(
    "non_convergence logprob worst_logprob reject_when agreement unsure mean worst_window out_of_top improbable_run "
    "likelihood_ratio".split()
)
"""Checks whose evidence is made of figures and words of ours."""


def without_text(verdict: Verdict) -> Verdict:
    """The verdict as records may have it. INVARIANT: no text of an answer, and with it of its prompt: of what quotes
    one, only the name of the check is kept."""
    if not verdict.findings:
        return verdict
    kept = [each if each.check in FIGURES else Finding(each.check, "") for each in verdict.findings]
    return Verdict(tuple(kept), verdict.doubt, verdict.agreed)


def evidence(text: str) -> str:
    """As much of a text as a finding shows of it, on one line."""
    line = " ".join(text[: 4 * EVIDENCE_CHARS].split())
    return line if len(line) <= EVIDENCE_CHARS else line[: EVIDENCE_CHARS - 1] + "…"
