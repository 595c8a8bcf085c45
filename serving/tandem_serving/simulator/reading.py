"""What an engine expects when it reads a text rather than writes it. Pure."""

from collections.abc import Sequence

from tandem_serving.simulator.alignment import standing
from tandem_serving.simulator.ask import Ask
from tandem_serving.simulator.task import read_task
from tandem_serving.simulator.text import compose
from tandem_serving.simulator.tokens import tokens_of

TURN_END = "<turn|>"
"""What it expects where it would have said no more."""


def expected_tokens(ask: Ask) -> Sequence[str | None]:
    """What the engine would have written itself in the place of each token of the prompt.

    It expects something of an answer that is to be gone on with, where the request leaves it the choice of its words;
    None everywhere else.
    """
    said = tokens_of(ask.begun or "")
    before = len(ask.prompt) - len(said)
    if ask.options or ask.schema is not None or list(ask.prompt[before:]) != said:
        return [None] * len(ask.prompt)
    own = tokens_of(compose(read_task(ask.messages)))
    places = standing(own, said)[:-1]
    return [*[None] * before, *(own[place] if place < len(own) else TURN_END for place in places)]
