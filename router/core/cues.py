"""The evidence that the hand-written scorers weigh, as tables. Data only; `passage` finds it, `scoring` adds it up.

A cue is not a keyword: nearly all ask for a word of one group close to a word of another (a verb and its object, a
unit and a medicine), and some count against. Weights are log-odds.
"""

from msgspec import Struct


class Cue(Struct, frozen=True, gc=False):
    """One named piece of evidence, present in a text when every one of its groups is.

    A group is a name in `lexicon.GROUPS` or one of `TRAITS`. The first group of words leads: a text without any of
    its words is not searched further, so it should be the rarer one. A word of a second group must then stand at
    most `within` words from it, before or after; 0 means anywhere in the text. `stakes` and `difficulty` are
    log-odds for and, when negative, against. `subject` is what the cue is about.
    """

    name: str
    groups: tuple[str, ...]
    within: int = 0
    stakes: float = 0.0
    difficulty: float = 0.0
    subject: str = ""


TRAITS: tuple[str, ...] = ("tiny", "brief", "lengthy", "fenced", "figures", "lettered", "constrained")
"""What no single word carries: very few or very many words, a code fence, many digits, lettered options, several
words of the group `limit`."""


def _cue(name: str, groups: str, within: int = 0, *, stakes: float = 0.0, difficulty: float = 0.0) -> Cue:
    """A cue about the subject that its name begins with: `medical.dosage` is about `medical`."""
    return Cue(name, tuple(groups.split()), within, stakes, difficulty, name.partition(".")[0])


CUES: tuple[Cue, ...] = (
    _cue("answer.length", "length_unit"),
    _cue("answer.one_word", "a_word one", 2),
    _cue("answer.yes_no", "affirm deny", 3),
    _cue("answer.terse", "reply terse", 4),
    _cue("answer.essay", "essay compose", 8),
    _cue("medical.dosage", "medicine amount_of_medicine", 12, stakes=3.3, difficulty=0.4),
    _cue("medical.medicine_for_vulnerable", "medicine vulnerable", 12, stakes=3.2),
    _cue("medical.taking", "medicine intake", 6, stakes=3.0),
    _cue("medical.condition_care", "condition care", 10, stakes=2.9),
    _cue("medical.symptom_decision", "symptom decide", 14, stakes=3.0),
    _cue("medical.dose_quantity", "dose dose_unit", 12, stakes=2.4),
    _cue("medical.dose_asked", "dose inquiry", 10, stakes=2.0),
    _cue("medical.side_effects", "effects unwanted", 3, stakes=1.8),
    _cue("medical.therapy_asked", "therapy inquiry", 12, stakes=1.6),
    _cue("medical.weighed_patient", "body_weight vulnerable", 8, stakes=1.2),
    _cue("medical.clinical_setting", "clinical", stakes=1.0),
    _cue("medical.condition", "condition", stakes=0.9),
    _cue("medical.medicine", "medicine", stakes=0.8),
    _cue("medical.dosing", "dose", stakes=0.8),
    _cue("medical.symptom", "symptom", stakes=0.5),
    _cue("legal.clause", "clause legal_act", 8, stakes=3.2, difficulty=0.5),
    _cue("legal.own_case", "law own_case", 6, stakes=3.0, difficulty=0.4),
    _cue("legal.litigation", "litigant court", 15, stakes=2.5, difficulty=0.5),
    _cue("legal.law", "law", stakes=0.7, difficulty=0.3),
    _cue("legal.document", "clause", stakes=0.6),
    _cue("money.movement", "move money", 6, stakes=3.0),
    _cue("money.account_trouble", "held account_trouble", 6, stakes=3.0),
    _cue("money.advice", "invest advise", 6, stakes=2.2, difficulty=0.3),
    _cue("money.top_up", "top up", 1, stakes=1.8),
    _cue("money.own_payment", "payment own_case", 8, stakes=1.6),
    _cue("money.banking", "bank", stakes=1.1),
    _cue("money.sum", "money", stakes=0.4),
    _cue("safety.suicide", "self_harm someone", 8, stakes=3.6),
    _cue("safety.self_harm", "self hurt", 3, stakes=3.6),
    _cue("safety.child_in_danger", "child_danger child", 8, stakes=3.6),
    _cue("safety.gas_leak", "gas leak", 6, stakes=3.2),
    _cue("safety.chemical_mixing", "chemical combine", 6, stakes=3.0),
    _cue("safety.electrical_work", "electrical repair", 6, stakes=2.9),
    _cue("safety.machinery", "machine override", 5, stakes=2.9),
    _cue("safety.ending_a_life", "life ending", 2, stakes=2.9),
    _cue("security.credential", "credential expose", 5, stakes=2.9, difficulty=0.3),
    _cue("security.access", "access grant", 8, stakes=2.9, difficulty=0.3),
    _cue("security.attack", "attack system", 8, stakes=2.9, difficulty=0.4),
    _cue("destruction.rm_rf", "rm rf", 2, stakes=3.4),
    _cue("destruction.delete", "destroy holding", 4, stakes=3.0),
    _cue("destruction.force_push", "push force", 2, stakes=3.0),
    _cue("destruction.production", "production change", 6, stakes=2.9, difficulty=0.4),
    _cue("creative.fiction", "fiction compose", 8, stakes=-1.8, difficulty=-0.3),
    _cue("creative.joke", "joke telling", 4, stakes=-1.6, difficulty=-0.6),
    _cue("language.definition", "meaning wording", 5, stakes=-1.6, difficulty=-1.0),
    _cue("teaching.lesson", "teaching", stakes=-1.2),
    _cue("greeting.only", "greeting tiny", stakes=-0.8, difficulty=-2.0),
    _cue("agreeing.only", "agree brief"),
    _cue("leaning.back", "lean brief"),
    _cue("code.write", "program make", 8, difficulty=0.9),
    _cue("code.in_language", "language make", 10, difficulty=0.6),
    _cue("code.fenced", "fenced", difficulty=0.4),
    _cue("code.token", "code_token", difficulty=0.3),
    _cue("code.trace", "trace", difficulty=1.4),
    _cue("code.debug", "debug program", 10, difficulty=1.2),
    _cue("maths.latex", "latex", difficulty=1.2),
    _cue("maths.equation", "equation solve", difficulty=0.8),
    _cue("maths.competition", "maths solve", 14, difficulty=1.3),
    _cue("maths.proof", "prove", difficulty=2.2),
    _cue("maths.arithmetic", "operator figure", 2, difficulty=0.3),
    _cue("maths.topic", "maths", difficulty=0.5),
    _cue("maths.word_problem", "amount solve figures", 8, difficulty=0.9),
    _cue("science.quantities", "physics figures", difficulty=1.0),
    _cue("science.calculation", "physics work_out", 14, difficulty=0.9),
    _cue("logic.puzzle", "puzzle", difficulty=1.3),
    _cue("logic.arrangement", "puzzle arrangement", 25, difficulty=1.0),
    _cue("logic.seating", "sit beside", 8, difficulty=1.3),
    _cue("logic.entailment", "follow does", 3, difficulty=1.3),
    _cue("logic.optimum", "fewest count", 2, difficulty=0.9),
    _cue("facts.lookup", "fact asks_fact", 8, difficulty=0.9),
    _cue("facts.dated", "year asks_fact", 12, difficulty=0.7),
    _cue("facts.multi_hop", "relation fact", 8, difficulty=0.9),
    _cue("facts.long_form", "account_of compose", 8, difficulty=0.8),
    _cue("agent.plan", "plan staged", 20, difficulty=0.8),
    _cue("instructions.constrained", "constrained", difficulty=0.8),
    _cue("reasoning.analysis", "analyse", difficulty=0.5),
    _cue("exam.options", "lettered", stakes=-0.6, difficulty=0.6),
    _cue("exam.statements", "choices lettered", difficulty=0.4),
    _cue("exam.moral", "moral lettered", difficulty=1.0),
    _cue("text.lengthy", "lengthy", difficulty=0.4),
    _cue("text.rewrite", "rewrite", stakes=-0.4, difficulty=-1.0),
    _cue("text.summary", "summary", stakes=-0.6, difficulty=-1.0),
    _cue("text.translation", "translate", stakes=-0.6, difficulty=-0.8),
    _cue("text.classification", "classify", stakes=-0.6, difficulty=-0.6),
    _cue("text.extraction", "extract item", 10, stakes=-0.6, difficulty=-0.5),
    _cue("answer.list", "enumerate"),
    _cue("answer.explanation", "explain"),
)
"""What people and system prompts say."""

TOOLS_SUBJECT = "tools"

TOOL_CUES: tuple[Cue, ...] = (
    _cue("tools.irreversible", "irreversible", stakes=3.2, difficulty=0.3),
    _cue("tools.acting", "undoable", stakes=1.6, difficulty=0.2),
)
"""What the names and descriptions of tools say that they do to the world."""
