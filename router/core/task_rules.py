"""The tasks that are told by the words of a request, because no public data teaches them. Pure, and linear in little:
only the head and the tail of an ask are read, wherever the pasted material stands.

A rule is a verb that opens a clause, and what it is done to. The first clause with a known verb settles the matter, for
what follows an instruction is its material; only then the last clauses are asked, for an instruction may follow its
material too. Verbs of tasks that a learned head knows (a summary, a classification) settle it with no opinion.
Instructions are read in English; one in another language gets no opinion.
"""

import re
from collections.abc import Mapping, Sequence

from router.core.task_words import (
    GREETINGS,
    POLITE,
    RULES_ON_CODE,
    RULES_ON_TEXT,
    SMALL_TALK_WORDS,
    WORDS_OF_ACTING,
    WORDS_OF_NOW,
    TaskRule,
)

HEAD, TAIL = 280, 180
"""Characters read at either end of an ask, where its instruction stands."""

HEAD_CLAUSES, TAIL_CLAUSES = 4, 3
"""Clauses of the head and of the tail that may hold the instruction."""

CODE_READ = 560
"""Characters searched for code."""

SYSTEM_HEAD, SYSTEM_TOOLS = 240, 4_000
"""Characters of a system prompt read for a job that it gives once and for all, and for tools that it describes."""

SMALL_TALK_CHARS = 160
"""Talk is short: a longer ask that opens with a greeting wants something."""


def find_task_rule(ask: str, system: str, has_tools: bool) -> TaskRule | None:  # noqa: FBT001 - a fact of the request
    """The rule that names the task of the last user turn `ask`, under the system prompt `system`; None when none
    applies. Tools described in the system prompt count as tools."""
    rule = _infill(ask) or _job_of(system) or _instruction(ask) or _talk(ask)
    if rule is None and (has_tools or _describes_tools(system)) and _acts(ask):
        rule = _USE_OF_TOOLS
    return rule if rule and rule.task else None


def _infill(ask: str) -> TaskRule | None:
    return _INFILL if "<" in ask and ("<|fim_" in ask or "<fim_" in ask or "<PRE>" in ask) else None


def _job_of(system: str) -> TaskRule | None:
    """The job that a system prompt gives for whatever the user sends."""
    head = system[:SYSTEM_HEAD].lower()
    if any([stem in head for stem in _JOBS]) and (found := _STANDING.search(head)):  # noqa: C419 - faster
        return _JOBS[found[1]]
    return None


def _instruction(ask: str) -> TaskRule | None:
    head = _clauses(ask[:HEAD])
    rule = _first_rule(head[:HEAD_CLAUSES], ask)
    if rule is None:
        tail = _clauses(ask[max(len(ask) - TAIL, HEAD) :]) if len(ask) > HEAD else head[HEAD_CLAUSES:]
        rule = _first_rule(tail[: -TAIL_CLAUSES - 1 : -1], ask)
    return rule if rule and not ("\nB" in ask and _OPTIONS.search(ask)) else None


def _clauses(text: str) -> list[str]:
    data = text.encode("utf-8", "surrogatepass")
    if not text.isascii():
        data = _TYPOGRAPHY.sub(b" ", data)
    folded = data.translate(_FOLDED).replace(b", and ", b"\n").replace(b", then ", b"\n").replace(b" - ", b"\n")
    folded = folded.replace(b" and output ", b"\noutput ")
    clauses = folded.replace(b",", b" , ").decode("utf-8", "surrogatepass").split("\n")
    return [clause for clause in clauses if clause and not clause.isspace()]


def _first_rule(clauses: Sequence[str], ask: str) -> TaskRule | None:
    for clause in clauses:
        if "," not in clause and clause.split(None, 1)[0] not in _OPENERS:
            continue
        words = clause.split()
        rule = _rule_of(words, ask)
        if rule is None and "," in words:
            rule = _rule_of(words[words.index(",") + 1 :], ask)
        if rule is not None:
            return rule
    return None


def _rule_of(words: list[str], ask: str) -> TaskRule | None:
    """The rule of a clause, by its first word once politeness is taken away."""
    words = _unadorned(words)
    if not words or words[0] not in _VERBS:
        return None
    rest = words[1:]
    for rule in _rules_of(words[0], ask):
        if _holds(rule, rest):
            return rule
    return None


def _holds(rule: TaskRule, rest: list[str]) -> bool:
    near = rest[: rule.reach]
    for group in rule.groups:  # noqa: SIM110 - a generator would cost as much as the rest
        if group.isdisjoint(near):
            return False
    return True


def _unadorned(words: list[str]) -> list[str]:
    if words and words[0] in _POLITE_OPENERS and (begins := _POLITE.match(" ".join(words) + " ")):
        return words[len(begins[0].split()) :]
    return words


def _rules_of(verb: str, ask: str) -> tuple[TaskRule, ...]:
    on_code = _ON_CODE.get(verb)
    return on_code if on_code and _shows_code(ask) else _ON_TEXT.get(verb, ())


def _shows_code(ask: str) -> bool:
    if "```" in ask:
        return True
    text = ask[:CODE_READ]
    if "[asy]" in text:  # a drawing in a maths problem
        return False
    # The pattern is tried only where a sign of code is: it takes longer than all the rest.
    return any([sign in text for sign in _SIGNS]) and _CODE.search(text) is not None  # noqa: C419 - faster


def _talk(ask: str) -> TaskRule | None:
    if len(ask) > SMALL_TALK_CHARS:
        return None
    words = " ".join(_clauses(ask)).replace("\n", " ").split()
    greets = bool(words) and words[0] in GREETINGS and SMALL_TALK_WORDS.issuperset(words)
    return _TALK if greets or _OPENS_TALK.match(" ".join(words)) else None


def _describes_tools(system: str) -> bool:
    return "tools" in system and _OWN_TOOLS.search(system, 0, SYSTEM_TOOLS) is not None


def _acts(ask: str) -> bool:
    for clause in _clauses(ask[-HEAD:]):
        words = clause.split()
        if not WORDS_OF_NOW.isdisjoint(words) or not WORDS_OF_ACTING.isdisjoint(_unadorned(words)[:1]):
            return True
    return False


def _by_verb(rules: Sequence[TaskRule]) -> Mapping[str, tuple[TaskRule, ...]]:
    led: dict[str, list[TaskRule]] = {}
    for rule in rules:
        for verb in rule.verbs:
            led.setdefault(verb, []).append(rule)
    return {verb: tuple(found) for verb, found in led.items()}


_ON_TEXT = _by_verb(RULES_ON_TEXT)
_WITH_CODE = frozenset[str]().union(*[rule.verbs for rule in RULES_ON_CODE])
_ON_CODE = {verb: found for verb, found in _by_verb((*RULES_ON_CODE, *RULES_ON_TEXT)).items() if verb in _WITH_CODE}
_VERBS = _ON_TEXT.keys() | _ON_CODE.keys()
_TALK = TaskRule("chat.small_talk", "chat", frozenset())
_INFILL = TaskRule("code_edit.infill", "code_edit", frozenset())
_USE_OF_TOOLS = TaskRule("tool_use.request", "tool_use", frozenset())


_FOLDED = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ.!?:;|\"'()[]*>`/\t\r\v\f",
    b"abcdefghijklmnopqrstuvwxyz\n\n\n\n\n\n              ",
)
_TYPOGRAPHY = re.compile(rb"\xe2\x80[\x80-\xbf]|\xc2[\xa0\xab\xbb]|\xe3\x80\x80")
"""Curly quotes, dashes and wide spaces."""

_POLITE = re.compile(f"(?:{POLITE})+")
_POLITE_OPENERS = frozenset(
    """# ## ### also briefly can could go hello help hey hi i just kindly let no now ok okay please pls plz quickly show
    so then there try we will would you your -""".split()
)
_OPENERS = _VERBS | _POLITE_OPENERS
"""A clause without a comma that opens with none of these has no rule."""


_SIGNS = ("(", "{", ";", "=", "SELECT ", "#include")
_CODE = re.compile(
    r"def \w+\(|function \w*\(|class \w+ ?[({:]|const \w+ =|print(?:ln)?\(|#include|SELECT .+ FROM|return \w+;"
    r"|=>|;\n|; ?\}|for \w+ in \w+[:(]|int \w+\(|\) ?[{;]|\):\n|\]\n|[a-z]\.\w+\(|\w = \w"
)
"""What looks like code, and unlike prose."""

_OPTIONS = re.compile(r"\nA[.)] .*\nB[.)] ")
"""Lettered options: whatever they say, what is wanted is a letter."""

_STANDING = re.compile(
    r"\b(translat|rewrit|rephras|proofread|paraphras|extract)(?:e|es|s)? [\w' ]{0,40}?"
    r"\b(?:everything|anything|whatever|all|any|each|every|user|users|input|following|text|message|given|document)\b"
)
"""From the verb of a job to what stands for whatever the user sends."""

_JOBS: Mapping[str, TaskRule] = {
    stem: TaskRule(f"{task}.standing", task, frozenset())
    for stem, task in (
        ("translat", "translation"),
        ("rewrit", "rewrite"),
        ("rephras", "rewrite"),
        ("proofread", "rewrite"),
        ("paraphras", "rewrite"),
        ("extract", "extraction"),
    )
}

_OWN_TOOLS = re.compile(
    r"(?:access to|following|available|use) (?:these |the |the following |following )?tools|<tools>"
)

_OPENS_TALK = re.compile(
    r"(?:how are you|how s it going|what s up|who (?:are|made|created|built) you|what (?:s|is) your (?:name|favou?rite)"
    r"|are you (?:an? )?(?:real|human|robot|ai|ok|happy|there|sentient|bot)|tell me about yourself"
    r"|(?:let s|can we|i (?:just )?want to) (?:chat|talk)|talk to me"
    r"|do you (?:like|love|enjoy|feel|have feelings|dream)"
    r"|i a?m (?:feeling )?(?:so |a bit |really |very |just )?"
    r"(?:bored|lonely|sad|tired|happy|excited|nervous|ok|fine)"
    r"|can i (?:tell|ask) you |you (?:a?re|seem) (?:so |very |really )?\w+$|do you ever |i just (?:got|won|finished) "
    r"|i (?:love|hate|miss) you|i (?:a?m )?feel(?:ing)? |i had (?:an?|the) \w+ (?:day|time|week|night)"
    r"|what do you think (?:about|of)|how was your)\b"
)
"""How talk opens that is no greeting; apostrophes are blanks by then."""
