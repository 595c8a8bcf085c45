"""Other ways to say the same: each takes a prompt and writes it as somebody else might have. Pure, and seeded.

A perturbation leaves what is asked for as it was, so that a decision about it should stay as it was, too.
"""

from collections.abc import Callable, Sequence
from random import Random
from re import Pattern
from re import compile as compiled
from typing import Final, Literal

from msgspec import Struct

from router.core.values import ChatRequest, Message, Part

Kind = Literal["benign", "language", "attack"]
"""`benign`: a decision should stay. `language`: going up is allowed, since what is not English is not judged; it costs.
`attack`: somebody wants the fast tier for what should not go there."""

TYPO_SHARE: Final = 0.03
"""Of a hundred letters so many are mistyped."""

WRAPPED_AT: Final = 12
"""A line is broken after so many words."""

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in _ROWS for at, letter in enumerate(row)
}
"""The letters beside a letter on a keyboard."""

_LETTERED = compiled(r"(?m)^([A-J])[.)] ?")
_ANSWER = compiled(r"\s*Answer:\s*$")

Edit = Callable[[str, Random], str]
"""What becomes of a prompt; the same prompt where there is nothing to change."""


class Pair(Struct, frozen=True):
    """Two requests that should be decided alike."""

    before: ChatRequest
    after: ChatRequest


class Perturbation(Struct, frozen=True):
    """A named way to make a pair of requests of a prompt. `pair` gives None for a prompt that it does not apply to."""

    name: str
    kind: Kind
    pair: Callable[[str, Random], Pair | None]


def said_by_user(*turns: str) -> ChatRequest:
    """A conversation: turns of the user and of the assistant, one after the other, the user's first."""
    messages = [Message(("user", "assistant")[at % 2], (Part("text", text),)) for at, text in enumerate(turns)]
    return ChatRequest("auto", tuple(messages), {}, {}, sum(len(text.encode()) for text in turns))


def edited(name: str, kind: Kind, edit: Edit) -> Perturbation:
    """The perturbation that edits the text of a prompt."""

    def pair(prompt: str, draw: Random) -> Pair | None:
        text = edit(prompt, draw)
        return None if text == prompt else Pair(said_by_user(prompt), said_by_user(text))

    return Perturbation(name, kind, pair)


def framed(name: str, kind: Kind, before: str = "", behind: str = "") -> Perturbation:
    """The perturbation that puts words before a prompt and behind it."""
    return edited(name, kind, lambda prompt, _: f"{before}{prompt}{behind}")


def mistype(prompt: str, draw: Random) -> str:
    """Slips of the keyboard: swapped, dropped, doubled and neighbouring letters; digits and signs are left alone."""
    written, skipped = [], False
    for at, letter in enumerate(prompt):
        if skipped or not letter.isascii() or not letter.isalpha() or draw.random() >= TYPO_SHARE:
            written.append("" if skipped else letter)
            skipped = False
            continue
        behind = prompt[at + 1 : at + 2]
        slip = draw.choice(("swap", "drop", "double", "neighbour"))
        skipped = slip == "swap" and behind.isalpha()
        written.append(_slipped(slip, letter, behind if skipped else "", draw))
    return "".join(written)


def _slipped(slip: str, letter: str, behind: str, draw: Random) -> str:
    if slip == "neighbour":
        beside = draw.choice(_NEIGHBOURS[letter.lower()])
        return beside.upper() if letter.isupper() else beside
    return {"drop": "", "double": letter * 2}.get(slip, behind + letter)


def double_blanks(prompt: str, _draw: Random) -> str:
    """Two blanks for each."""
    return prompt.replace(" ", "  ")


def break_lines(prompt: str, _draw: Random) -> str:
    """Line breaks for blanks, as if wrapped."""
    words = prompt.split(" ")
    return "".join(
        word + ("" if at == len(words) - 1 else " " if (at + 1) % WRAPPED_AT else "\n") for at, word in enumerate(words)
    )


def use_tabs(prompt: str, draw: Random) -> str:
    """Tabs for one blank in five."""
    return "".join("\t" if letter == " " and draw.random() < 0.2 else letter for letter in prompt)


def drop_final_mark(prompt: str, _draw: Random) -> str:
    """No sign at the end."""
    return prompt.rstrip(".?!: \n")


def curl_quotes(prompt: str, _draw: Random) -> str:
    """Typographic quotes and dashes."""
    return prompt.replace("'", "\u2019").replace(' "', " \u201c").replace('"', "\u201d").replace(" - ", " \u2013 ")


def relabelled(label: str, lead: str, closing: str) -> Edit:
    """Edits a question with lettered options into another layout: `label` is one option's, with `{}` for its letter."""

    def edit(prompt: str, _draw: Random) -> str:
        if len(_LETTERED.findall(prompt)) < 2:
            return prompt
        body = _LETTERED.sub(lambda found: label.format(found[1]), _ANSWER.sub("", prompt))
        return f"{lead}{body}{closing}"

    return edit


def reworded(wordings: Sequence[tuple[Pattern[str], str]]) -> Edit:
    """Edits the instructions of known templates into other words."""

    def edit(prompt: str, _draw: Random) -> str:
        for pattern, wording in wordings:
            prompt = pattern.sub(wording, prompt)
        return prompt

    return edit


WORDINGS: Final = (
    (compiled(r"Please answer with the letter of the correct answer\."), "Which option is right? Give its letter."),
    (compiled(r"Print only a single choice[^\n]*?without explanation\."), "Reply with one letter and nothing else."),
    (compiled(r"You are given a Python function and an assertion containing an input to the function\."),
     "Here is a function in Python, and an assertion that calls it."),
    (compiled(r"(?s)Complete the assertion with a literal.*?incorrect or incomplete\."),
     "Fill in the value that the call returns, as a literal, even if the code looks wrong."),
    (compiled(r"According to the above context, answer the following question\."), "Answer from the text above:"),
    (compiled(r"^Identify if the clause provides"), "Does the following clause provide"),
    (compiled(r"^What are the symptoms of"), "Which symptoms come with"),
    (compiled(r"^What are the treatments for"), "How does one treat"),
    (compiled(r"^What is \(are\)"), "Explain what this is:"),
    (compiled(r"^How many"), "Find out how many"),
    (compiled(r"^Find "), "Determine "),
)  # fmt: skip
"""The instructions of public benchmarks, and others that ask for the same."""

BENIGN: Final[tuple[Perturbation, ...]] = (
    edited("typos", "benign", mistype),
    edited("case.lower", "benign", lambda prompt, _: prompt.lower()),
    edited("case.upper", "benign", lambda prompt, _: prompt.upper()),
    edited("case.title", "benign", lambda prompt, _: prompt.title()),
    edited("whitespace.double", "benign", double_blanks),
    edited("whitespace.lines", "benign", break_lines),
    edited("whitespace.tabs", "benign", use_tabs),
    framed("whitespace.around", "benign", "\n\n  ", "  \n\n\n"),
    edited("punctuation.dropped", "benign", drop_final_mark),
    edited("punctuation.curly", "benign", curl_quotes),
    edited("template.options_in_brackets", "benign", relabelled("({}) ", "Question: ", "\nThe answer is")),
    edited("template.options_in_a_list", "benign", relabelled("- {}: ", "", "\n\nWhich of these is correct?")),
    edited("template.reworded", "benign", reworded(WORDINGS)),
    framed("polite.please", "benign", "Please help me with this: "),
    framed("polite.could_you", "benign", "Could you help me with the following?\n\n"),
    framed("polite.thanks", "benign", "", "\n\nThanks in advance!"),
    framed("template.question_and_answer", "benign", "Q: ", "\nA:"),
)

LANGUAGES: Final[tuple[Perturbation, ...]] = (
    framed("language.german", "language", "Bitte beantworte die folgende Frage:\n\n"),
    framed("language.spanish", "language", "Responde a la siguiente pregunta:\n\n"),
    framed("language.french", "language", "Merci de répondre à la question suivante :\n\n"),
    framed("language.chinese", "language", "请回答下面的问题：\n\n"),  # noqa: RUF001 - as it is written there
    framed("language.russian", "language", "Ответь, пожалуйста, на следующий вопрос:\n\n"),
    framed("language.answer_in_german", "language", "", "\n\nAntworte auf Deutsch."),
)
