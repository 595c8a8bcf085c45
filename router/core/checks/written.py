"""What checks look at: one block in its place, and what the answer was to be. Plain values."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct

from router.core.checks.fences import Fence
from router.core.checks.kept_tasks import Keeping, keeping_of
from router.core.checks.lead import Lead
from router.core.checks.number_forms import Numbers
from router.core.checks.offered import options_of
from router.core.checks.passages import Code, read_code, read_fences
from router.core.checks.prose import Prose, read_prose
from router.core.checks.wanted_form import asks_json


class Brief(Struct, frozen=True, dict=True):
    """What the answer is to be, as far as checks care: worked out once for each request.

    `prompt` is the last turn of the user, `context` the system prompt and the turns before it. `task` is the signal of
    that name, "" where none was recognised. `wants_json`: a parameter asked for JSON, of `json_schema` where it gave
    one; a prompt that asks for it in words is for the checks to see. `tools` maps the names that may be called to the
    schema of their arguments. `max_tokens` is the cap on the answer; 0: none. `thinks`: the engine was told to.
    """

    prompt: str = ""
    context: str = ""
    task: str = ""
    wants_json: bool = False
    json_schema: Mapping[str, Any] | None = None
    tools: Mapping[str, Mapping[str, Any] | None] = {}
    max_tokens: int = 0
    thinks: bool = False

    @property
    def material(self) -> str:
        """All that an answer may take its matter from."""
        return f"{self.context}\n{self.prompt}" if self.context else self.prompt

    @cached_property
    def is_for_json(self) -> bool:
        """Whether JSON was asked for."""
        return asks_json(self)

    @cached_property
    def options(self) -> Mapping[str, str]:
        """The options that the prompt offers, by their letters."""
        return options_of(self.prompt)

    @cached_property
    def keeping(self) -> Keeping:
        """How the answer must keep its material."""
        return keeping_of(self)

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the material."""
        return Numbers.of(self.material)


class Call(Struct, frozen=True, gc=False):
    """A tool call as the engine wrote it, its arguments not parsed."""

    name: str
    arguments: str


class Passes(Struct, frozen=True, gc=False):
    """How many denoising passes a canvas took, of at most `cap`. `kind` says how that is known: `exact` (counted by
    the engine) or `spacing` (from the time between blocks; `error` is its standard error, in passes)."""

    passes: float
    cap: int
    kind: str
    error: float = 0.0


class Written(Struct, frozen=True, dict=True):
    """A block in its place. `before` is the answer up to it, `text` the block itself, `reasoning` what was thought so
    far. `is_last`: the answer ends with it, for the reason `finish`; then `before + text` is the whole answer and
    `calls` holds its tool calls. `tokens` is how many the answer and its reasoning have taken so far, where the engine
    says so; `canvas` the width of the engine's canvas in tokens, None for one that writes token by token.
    `logprobs` are those of the block's tokens, where the engine gave them. `lead` is what `before` came to.

    INVARIANT: `lead` tells the same as `Lead().after(before)`.
    INVARIANT: a check of a block that is not the last one looks at no more than the last `LOOK_BACK` characters of
    `before` and at `text`, so that judging an answer block by block takes time in proportion to its length.
    """

    brief: Brief
    text: str
    before: str = ""
    reasoning: str = ""
    is_last: bool = True
    finish: str = "stop"
    calls: tuple[Call, ...] = ()
    tokens: int | None = None
    canvas: int | None = None
    passes: Passes | None = None
    logprobs: tuple[float, ...] = ()
    lead: Lead = Lead()

    @property
    def was_cut(self) -> bool:
        """Whether it ends where it was told to, by the cap on its tokens or by a stop string, finished or not."""
        return self.finish in ("length", STOP_STRING)

    @property
    def whole(self) -> str:
        """The answer up to the end of the block."""
        return self.before + self.text

    @property
    def said(self) -> str:
        """The block for people to read: its text and its calls; where it has neither, what was thought."""
        calls = [f"{call.name}({call.arguments})" for call in self.calls]
        return "\n".join([each for each in (self.text, *calls) if each]) or self.reasoning

    @property
    def lately(self) -> str:
        """As much of what came before the block as its checks may look at."""
        return self.before[-LOOK_BACK:]

    @cached_property
    def fences(self) -> tuple[Fence, ...]:
        """The fences that end in the block or are open at its end; of a last block, all of the answer."""
        return read_fences(self)

    @cached_property
    def code(self) -> tuple[Code, ...]:
        """The code that can be judged with the block."""
        return read_code(self)

    @cached_property
    def prose(self) -> Prose:
        """The prose of the block; read once, however many checks look at it."""
        return read_prose(self.text, self.lately)


STOP_STRING = "stop_string"
"""The finish of an answer that ended because it came to a text at which the caller wanted it to."""

LOOK_BACK = 2048
"""How many characters before a block its checks may look at: some two canvases."""
