"""A fingerprint of what traits are: weights are worth nothing with other traits than they were learned with."""

import hashlib
from typing import Final

from router.core.doubt.question import read_question
from router.core.doubt.traits import look_at, read_traits

DIGITS: Final = 6

_TEXTS: Final = (
    (
        "Which town is largest?\nA. Rome, 2.8 million\nB. Paris\nC. None of these",
        "It might be Rome, with 2.8 million; however, 2 + 2 = 4.\n\nThe answer is (A).\nSo the answer is (A).",
    ),
    (
        "def f(text):\n    for c in text:\n        if c.isdigit():\n            return text.replace(c, '')\n"
        "assert f('a1b') == ??",
        '{"reasoning": "The digit is removed.", "answer": "\'ab\'"}',
    ),
    (
        "Tom has 1,250 apples and sells $\\frac{2}{5}$. How many are left?",
        "1. 1250 * 3/5 = 750\n\\boxed{750}, I suppose",
    ),
    ("Find $x$ with $2x = 7$.", "We cannot be certain, perhaps x = 3.5 - let me check. Let me check. Let me"),
)


def probe_traits() -> str:
    """The SHA-256 of the traits of fixed texts. Any change to a trait of theirs changes it."""
    told = hashlib.sha256()
    for prompt, answer in _TEXTS:
        question = read_question(prompt)
        traits = read_traits(look_at(prompt, answer, question))
        told.update(
            repr((question.kind, [(name, round(float(traits[name]), DIGITS)) for name in sorted(traits)])).encode()
        )
    return told.hexdigest()
