"""What a store of questions finds."""

from router.core.caching.asking import Question
from router.ports import Questions


async def key_of_same(questions: Questions, question: Question, above: float) -> str | None:
    """The key of the question that asks the same."""
    found = await questions.same_as(question, above)
    return None if found is None else found.asked.key
