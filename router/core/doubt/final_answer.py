"""The final answer that an answer ends in, and whether two answers end in the same. Time grows with the length of the
answer and with nothing else."""

from router.core.doubt.ending import FinalAnswer, as_final
from router.core.doubt.form import same
from router.core.doubt.marked import find_marked
from router.core.doubt.question import Question
from router.core.doubt.unmarked import find_unmarked


def find_final(answer: str, question: Question) -> FinalAnswer | None:
    """The final answer to a question: what is announced last, else what can be told without. None: it ends in none that
    can be compared."""
    announced = find_marked(answer, question)  # INVARIANT: of bounded pieces alone, however long the answer
    return announced[-1] if announced else find_unmarked(answer, question)


def read_stated(text: str, question: Question) -> FinalAnswer | None:
    """A final answer that was given by itself, as a whole. None: it is nothing that can be compared."""
    return as_final(text, "whole", 0, question) if text or question.kind == "output" else None


def agree(first: FinalAnswer | None, second: FinalAnswer | None) -> bool:
    """Whether two answers end in the same; what has no final answer agrees with nothing."""
    return first is not None and second is not None and same(first.normal, second.normal)
