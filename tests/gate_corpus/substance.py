"""Corruptions of what is said and where it ends: values, sums, options, refusals, seams, canvases, thinking."""
# ruff: noqa: RUF001 (other scripts are meant)

import random
import re
from typing import Final

from tests.gate_corpus.corruption import ENTRUSTED, PROSE, TEXT, UNSPACED, Corruption, changed, is_whole
from tests.gate_corpus.corruption import sentences as cut_into_sentences
from tests.gate_corpus.rows import Row

REFUSALS: Final = {
    "en": (
        "I'm sorry, but I can't help with that.",
        "I'm unable to assist with this request as it may violate my guidelines.",
        "As an AI language model, I cannot provide an answer to this question. Please consult a professional.",
        "I must decline. Is there something else I can help you with?",
    ),
    "de": ("Es tut mir leid, aber dabei kann ich Ihnen nicht helfen.",),
    "fr": ("Je suis désolé, mais je ne peux pas répondre à cette demande.",),
    "es": ("Lo siento, pero no puedo ayudarte con eso.",),
    "ru": ("Извините, но я не могу помочь с этим запросом.",),
    "zh": ("很抱歉，我无法协助您完成这个请求。",),
    "ja": ("申し訳ありませんが、そのご要望にはお応えできません。",),
}
SUM: Final = re.compile(r"(?<![\d.,\w(])(\d+(?:\.\d+)?) ?([-+*×·/÷]) ?(\d+(?:\.\d+)?) = (\d+(?:\.\d+)?)(?![\d.,]*\d)")
THINKING: Final = (
    "Wait, let me reconsider. ",
    "Hmm, but maybe the question means something else. ",
    "Let me check that again from the start. ",
    "Alternatively, we could look at it the other way round. ",
    "So the answer would be the first one. No, actually, wait. ",
)


def blank(row: Row, draw: random.Random) -> Row | None:
    """Nothing, or nothing that is seen."""
    return changed(row, text=draw.choice(("", " ", "\n\n", "\u200b", "\n \n"))) if is_whole(row) else None


def one_token(row: Row, draw: random.Random) -> Row | None:
    """A word or a sign where a text was asked for."""
    if not is_whole(row) or len(row["text"]) < 150:
        return None
    first = row["text"][:2] if row["language"] in UNSPACED else row["text"].split()[0]
    return changed(row, text=draw.choice((first, first, ".", "The", "-", "**")))


def value_changed(row: Row, draw: random.Random) -> Row | None:
    """A number that had to be kept has another digit."""
    given = set(re.findall(r"\d+", row["prompt"]))
    kept = [found for found in re.finditer(r"\d+", row["text"]) if found[0] in given and len(found[0]) > 1]
    if not kept or not is_whole(row):
        return None
    found = draw.choice(kept)
    at = found.start() + draw.randrange(len(found[0]))
    digit = draw.choice([sign for sign in "123456789" if sign != row["text"][at]])
    text = row["text"][:at] + digit + row["text"][at + 1 :]
    return None if re.findall(r"\d+", text[found.start() :])[0] in given else changed(row, text=text)


def name_changed(row: Row, draw: random.Random) -> Row | None:
    """A name or an address that had to be kept has two letters swapped."""
    names = re.findall(r"(?<![.?!:\"“] )(?<!^)\b[A-Z][a-z]{3,}\b|\b[a-z]+@[a-z.-]+\b", row["prompt"])
    kept = [name for name in names if name in row["text"]]
    if not kept or not is_whole(row):
        return None
    name = draw.choice(kept)
    pairs = [at for at in range(1, len(name) - 1) if name[at : at + 2].isalpha() and name[at] != name[at + 1]]
    at = draw.choice(pairs)
    return changed(row, text=row["text"].replace(name, name[:at] + name[at + 1] + name[at] + name[at + 2 :]))


def false_sum(row: Row, draw: random.Random) -> Row | None:
    """A sum that does not come out at what it says."""
    sums = list(SUM.finditer(row["text"]))
    if not sums:
        return None
    found = draw.choice(sums)
    places = [at for at in range(found.start(4), found.end(4)) if row["text"][at].isdigit()]
    at = draw.choice(places)
    digit = draw.choice([sign for sign in "123456789" if sign != row["text"][at]])
    return changed(row, text=row["text"][:at] + digit + row["text"][at + 1 :])


def other_option(row: Row, draw: random.Random) -> Row | None:
    """The reasoning ends in one option, the answer names another that was offered."""
    return _with_final(row, draw, "ABCD")


def no_option(row: Row, draw: random.Random) -> Row | None:
    """The answer names an option that was not offered."""
    return _with_final(row, draw, "FGHKZ")


def bare_no_option(row: Row, draw: random.Random) -> Row | None:
    """The answer is nothing but a letter that was not offered."""
    if row["kind"] != "choice":
        return None
    return changed(row, text=draw.choice("FGHKZ") + draw.choice(("", ".", ")")), reasoning="")


def refused(row: Row, draw: random.Random) -> Row | None:
    """A refusal of something harmless."""
    if row["language"] not in REFUSALS or not is_whole(row):
        return None
    return changed(row, text=draw.choice(REFUSALS[row["language"]]))


def said_again_at_seam(row: Row, draw: random.Random) -> Row | None:
    """The block opens with the sentence with which the one before it closed."""
    parts = cut_into_sentences(row["text"])
    places = [at for at in range(2, len(parts)) if len(parts[at - 1]) > (12 if row["language"] in UNSPACED else 35)]
    if not places or not is_whole(row):
        return None
    at = draw.choice(places)
    return changed(row, before="".join(parts[:at]), text="".join(parts[at - 1 :]))


def broken_word_at_seam(row: Row, draw: random.Random) -> Row | None:
    """The word that the seam cuts has lost letters, or begins again."""
    long = list(re.finditer(r"(?<=[a-z] )[^\W\d_]{8,}", row["text"]))
    if not long or not is_whole(row):
        return None
    found = draw.choice(long)
    cut, rest = found.start() + draw.randint(3, 5), row["text"][found.end() :]
    again = draw.choice((found[0], found[0][-2:], found[0][1:4]))
    return changed(row, before=row["text"][:cut], text=again + rest)


def cut_at_canvas(row: Row, draw: random.Random) -> Row | None:
    """The answer stops within a word, where a canvas ends, and says it is finished."""
    tokens = next((size for size in (256, 128, 64, 32) if len(row["text"]) > 4.6 * size), None)
    if tokens is None or not is_whole(row) or row.get("max_tokens") or row["language"] in UNSPACED:
        return None
    end = 4 * tokens + draw.randint(0, 20)
    while not re.fullmatch(r"[^\W\d_]{2}", row["text"][end - 1 : end + 1]):
        end -= 1
    return changed(row, text=row["text"][:end], tokens=tokens, canvas=tokens, finish="stop")


def runaway_thinking(row: Row, draw: random.Random) -> Row | None:
    """Thought until the tokens ran out, and said nothing."""
    if not is_whole(row):
        return None
    thought = "".join(draw.choice(THINKING) for _ in range(draw.randint(90, 160)))
    spent = len(thought) // 4
    return changed(row, text="", reasoning=thought, thinks=True, finish="length", tokens=spent, max_tokens=spent)


def not_converged(row: Row, draw: random.Random) -> Row | None:
    """A canvas that was still changing when its passes ran out."""
    cap = draw.choice((48, 64))
    passes = {"passes": cap, "cap": cap, "kind": draw.choice(("exact", "spacing")), "error": 0.0}
    if passes["kind"] == "spacing":
        passes["error"] = 0.4
    return changed(row, passes=passes, canvas=256) if len(row["text"]) > 150 else None


def _with_final(row: Row, draw: random.Random, letters: str) -> Row | None:
    """The last option that the text names, standing after at least a sentence of reasoning, replaced."""
    found = re.search(r"(?:[Aa]nswer(?: is)?:? |option is \*\*)([A-Da-d])\b", row["text"])
    if found is None or len(row["text"]) < 60:
        return None
    said = found[1].upper()
    letter = draw.choice([other for other in letters if other != said])
    letter = letter.lower() if found[1].islower() else letter
    return changed(row, text=row["text"][: found.start(1)] + letter + row["text"][found.end(1) :])


_ASKED = TEXT | {"maths", "code", "table", "translation"}

ROWS: Final = (
    Corruption("blank", "empty", _ASKED | {"short", "json", "choice"}, blank),
    Corruption("one_token", "empty", _ASKED, one_token),
    Corruption("value_changed", "kept_values", ENTRUSTED, value_changed),
    Corruption("name_changed", "kept_values", frozenset({"extraction", "rewrite"}), name_changed),
    Corruption("false_sum", "arithmetic", frozenset({"maths", "choice", "table"}), false_sum),
    Corruption("other_option", "option", frozenset({"choice"}), other_option),
    Corruption("no_option", "option", frozenset({"choice"}), no_option),
    Corruption("bare_no_option", "option", frozenset({"choice"}), bare_no_option),
    Corruption("refused", "refusal", TEXT | {"maths", "code", "translation", "json"}, refused),
    Corruption("said_again_at_seam", "seam", PROSE, said_again_at_seam),
    Corruption("broken_word_at_seam", "seam", TEXT, broken_word_at_seam),
    Corruption("cut_at_canvas", "truncation", PROSE, cut_at_canvas),
    Corruption("runaway_thinking", "runaway_thinking", TEXT | {"maths", "choice"}, runaway_thinking),
    Corruption("not_converged", "not_converged", _ASKED, not_converged),
)
