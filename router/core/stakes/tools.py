"""Tools that act on the world, told by their names, or by what they say they do where a name is silent; and assistants
of which the system prompt says that what they write is done."""

from collections.abc import Sequence

from router.core.stakes.folding import fold, fold_name
from router.core.stakes.reading import VERBS
from router.core.stakes.rule import Finding, finding, words_of

_READS = words_of(
    """
    get list read search find show count check fetch describe view lookup query preview inspect status explain
    calculate compute convert retrieve browse look validate verify summarize summarise estimate simulate monitor
    track is has can compare analyze analyse parse format translate render download select filter sort watch
    report calculator weather forecast export audit plan suggest recommend history dry draft
"""
)
_SILENT = words_of("handle do perform manage process call invoke api tool action task request the a an to and")
_DOINGS: tuple[tuple[Finding, frozenset[bytes]], ...] = (
    (
        finding("destructive.tool_deletes", 3.2),
        words_of(
            """
    delete deletes deleting drop drops erase erases wipe wipes purge purges remove removes truncate destroy
    destroys terminate terminates overwrite overwrites format reset clear clears cancel cancels deactivate
    deactivates uninstall deprovision decommission shred archive kill kills unlink expire revert rollback
"""
        ),
    ),
    (
        finding("destructive.tool_operates", 3.0),
        words_of(
            """
    execute executes exec run runs shell bash terminal command sql eval deploy deploys release restart restarts
    reboot shutdown stop stops scale scales migrate apply push merge publish commit rm sudo write writes restore
    restores update updates modify modifies replace change changes set patch upgrade sends
"""
        ),
    ),
    (
        finding("financial.tool_moves_money", 3.2),
        words_of(
            """
    pay pays payment payments payout transfer transfers wire refund refunds charge charges buy buys sell sells
    trade trades order orders purchase purchases invoice withdraw withdraws deposit payroll donate checkout bid
"""
        ),
    ),
    (
        finding("security.tool_changes_access", 3.2),
        words_of(
            """
    grant grants revoke revokes permission permissions role roles iam password passwords credential credentials
    firewall mfa unlock unlocks lock disable disables enable block unblock rotate token tokens impersonate
    elevate acl ban secret secrets
"""
        ),
    ),
    (
        finding("safety.tool_controls_things", 3.2),
        words_of(
            """
    valve door doors heater oven furnace vehicle brake brakes engine reactor pump breaker robot arm drone steer
    accelerate actuator inject ventilator thermostat
"""
        ),
    ),
    (
        finding("medical.tool_treats", 3.2),
        words_of("prescribe prescribes prescription medication dose dosage administer titrate refill drug infusion"),
    ),
    (
        finding("legal.tool_binds", 3.0),
        words_of("sign signs file_lawsuit contract contracts agreement esign consent evict notarize hire fire"),
    ),
    (
        finding("destructive.tool_speaks_out", 2.9),
        words_of("send sends email emails sms tweet post posts submit submits book books reserve dial notify message"),
    ),
)


ACTING_WORDS = 6
"""Among so many words a name or a description says what a tool does."""


def tool_findings(tool: str) -> list[Finding]:
    """What a tool does to the world: `tool` is its name, a line break, and all else that is known about it.

    A name whose first word says that it only reads (`list_deleted_files`) settles it, whatever the description holds.
    """
    name, _, rest = tool.partition("\n")
    named = fold_name(name).split()
    if _READS.intersection(named[:1]):
        return []
    return _doings(named) or _doings(_leading(fold(rest).split()))


def system_findings(system: str) -> tuple[Finding, ...]:
    """Whether a system prompt says that the assistant acts on the world."""
    words = fold(system).split()
    for at in [at for at, word in enumerate(words) if word in _ACTING_LEADS]:
        near = words[max(at - ACTING_WORDS, 0) : at + ACTING_WORDS + 1]
        if not _ACTING_LEADS[words[at]].isdisjoint(near):
            return (_ASSISTANT,)
    return ()


def _doings(words: Sequence[bytes]) -> list[Finding]:
    known = [found for found, verbs in _DOINGS if not verbs.isdisjoint(words)]
    if known or _ACTS.isdisjoint(words[:ACTING_WORDS]):
        return known
    return [_ACTING]


def _leading(words: list[bytes]) -> list[bytes]:
    """The words of a description, unless its first telling word says that it only reads."""
    telling = [word for word in words if word not in _SILENT][:1]
    stems = {word.removesuffix(b"s") for word in telling} | set(telling)
    return [] if stems & _READS else words


_ACTING = finding("destructive.tool_acts", 3.0)
_ACTS = (VERBS - _READS - _SILENT) | words_of("trigger start starts triggers assign assigns offboard moves closes sets")

_ASSISTANT = finding("destructive.acting_assistant", 3.0)
_SIGNS = (
    ("access", "shell root admin write full"),
    ("executes executed runs applied performed carried sent", "immediately directly straight without automatically"),
    ("go goes", "straight directly"),
    ("initiate control controls operate operates", "you can which"),
    ("behalf", "act sign file send can pay"),
    ("connected", "scheduler gateway production live crm plc scada bank"),
)
_ACTING_LEADS = {lead: words_of(near) for leads, near in _SIGNS for lead in words_of(leads)}
"""Words of a system prompt that, with one of these near them, say that an assistant acts."""
