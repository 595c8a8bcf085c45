"""Where a draft is cut whose second half is another text's, as a model reads it that knows texts of the kind."""

import re
from dataclasses import dataclass

from router.core.reading.alignment import align
from router.core.reading.criteria import STANDARD
from router.core.reading.grade import grade
from router.core.reading.reading import Excerpt, Reading
from router.engines.prompt_scores import backwards, read_scores
from tandem_serving.tiny.fitting_text import Tale, tales
from tests.live.engines import LiveEngine
from tests.live.going_on import go_on

DRAFTS = 100
NOT_LEARNT_SEED = 5000
"""The first of as many seeds as there are drafts; the model learnt what seed 1 gives."""

NEAR_TOKENS = 2
BEFORE_A_WORD = re.compile(" (?=[a-z])")


@dataclass(frozen=True)
class Draft:
    """An answer to a question: the `head` of one tale, and behind it the `tail` of the same one or of another."""

    question: str
    head: str
    tail: str

    @property
    def text(self) -> str:
        """All of it."""
        return self.head + self.tail


def test_a_draft_that_goes_on_with_another_text_is_cut_within_two_tokens_of_the_joint(
    fitted_engine: LiveEngine,
) -> None:
    off = [tokens_off(fitted_engine, spliced(seed)) for seed in range(NOT_LEARNT_SEED, NOT_LEARNT_SEED + DRAFTS)]
    near = [each for each in off if each is not None and abs(each) <= NEAR_TOKENS]
    assert len(near) >= 0.95 * DRAFTS, sorted(set(off) - set(near), key=str)


def test_a_draft_of_one_piece_is_accepted_whole(fitted_engine: LiveEngine) -> None:
    whole = [untouched(seed) for seed in range(NOT_LEARNT_SEED, NOT_LEARNT_SEED + DRAFTS)]
    accepted = [draft for draft in whole if found_at(read(fitted_engine, draft), draft) < 0]
    assert len(accepted) >= 0.95 * DRAFTS


# --- drafts ---------------------------------------------------------------------------------------------------


def halves(tale: Tale) -> tuple[str, str]:
    """An answer, cut at its middle, before a word in small letters: names, figures and dates are drawn, and what was
    drawn for another tale would do as well."""
    middle = BEFORE_A_WORD.search(tale.answer, len(tale.answer) // 2)
    assert middle is not None
    return tale.answer[: middle.start()], tale.answer[middle.start() :]


def untouched(seed: int) -> Draft:
    """The first tale of this seed."""
    tale = next(tales(seed))
    return Draft(tale.question, *halves(tale))


def spliced(seed: int) -> Draft:
    """That tale with the second half of the next one about something else, whose first word begins with another letter:
    else the joint would not be where the texts begin to differ."""
    told = tales(seed)
    tale = next(told)
    head, own = halves(tale)
    others = (halves(other)[1] for other in told if other.question != tale.question)
    return Draft(tale.question, head, next(tail for tail in others if tail[:2] != own[:2]))


# --- reading --------------------------------------------------------------------------------------------------


def read(engine: LiveEngine, draft: Draft) -> Reading:
    """What the engine makes of a draft."""
    scores = read_scores(go_on(engine, draft.question, draft.text, prompt_logprobs=1))
    assert scores.prompt_logprobs is not None
    return Reading(align(backwards(scores), Excerpt("", draft.text)), scores.tokens_read)


def found_at(reading: Reading, draft: Draft) -> int:
    """The character at which something is found to be wrong with a draft; -1: nothing is."""
    return grade(reading, draft.text, STANDARD, is_last=True).found_at


def tokens_off(engine: LiveEngine, draft: Draft) -> int | None:
    """How many tokens behind the joint something is found to be wrong, below 0 before it; None: nothing is."""
    reading = read(engine, draft)
    at = found_at(reading, draft)
    return None if at < 0 else token_at(reading, at) - token_at(reading, len(draft.head))


def token_at(reading: Reading, character: int) -> int:
    """The place of the token to which a character belongs."""
    return next(place for place, token in enumerate(reading.tokens) if token.end > character)
