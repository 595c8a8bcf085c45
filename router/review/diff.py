"""Two policies asked about the same requests. Pure."""

from collections import Counter
from collections.abc import Iterable

from router.core.comparison import changed
from router.core.decision import Decision
from router.core.errors import FileError
from router.core.policy import Policy
from router.core.situation import Question
from router.review.comparison import Comparison, Example, Fate, SettingChange, Side, Tally
from router.review.explanation import Explanation, explain
from router.review.intake import askable, left_out, unloggable
from router.review.requests_file import Row
from router.review.words import setting_words


def compare(before: Policy, after: Policy, rows: Iterable[Row | FileError], source: str) -> Comparison:
    """Asks both policies about every row; rows that are errors are counted."""
    tally, left = Tally(), Counter[str]()
    for row, question in askable(rows, unloggable(before) or unloggable(after), left):
        tally.add(fate_of(before, after, question), Example(row.number, row.label))
    return Comparison(source, (tally.report(before.version, after.version),), left_out(left))


def fate_of(before: Policy, after: Policy, question: Question) -> Fate:
    """What the two make of one request."""
    one, other = explain(before, question), explain(after, question)
    settings: tuple[SettingChange, ...] = ()
    if one.decision is not None and other.decision is not None:
        settings = _setting_changes(one.decision, other.decision)
    return Fate(_side(one), _side(other), settings)


def _side(explanation: Explanation) -> Side:
    error = explanation.error
    return Side(explanation.match.rule, explanation.tiers, "" if error is None else type(error).__name__)


def _setting_changes(before: Decision, after: Decision) -> tuple[SettingChange, ...]:
    names = [name for name in changed(before, after) if name != "ladder"]
    if not names:
        return ()
    old, new = before.then.settings(), after.then.settings()
    return tuple([SettingChange(name, setting_words(old[name]), setting_words(new[name])) for name in names])
