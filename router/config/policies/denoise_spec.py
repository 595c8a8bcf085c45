"""How a policy file says that canvases are denoised."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from router.config.policies.mapping import Written
from router.core.policy import AUTO, USUAL_CANVAS, USUAL_STEPS, Denoise, DenoiseWithin, Range

Limits = TypeVar("Limits", "StepsSpec", "CanvasSpec")


def _in_order(limits: Limits) -> Limits:
    if limits.floor > limits.ceiling:
        raise ValueError(f"the floor of {limits.floor} is above the ceiling of {limits.ceiling}")
    return limits


def _form(value: Any) -> str:
    """Which of its forms a setting is written in, so that an error is told of that one alone. In brackets, because it
    is no name in the file."""
    if value == "auto":
        return "[auto]"
    return "[mapping]" if isinstance(value, Mapping | BaseModel) else "[number]"


class StepsSpec(Written):
    """Passes as the time left allows, from the floor to the ceiling."""

    floor: int = Field(USUAL_STEPS.floor, strict=True, ge=1, le=1000, description="never fewer")
    ceiling: int = Field(USUAL_STEPS.ceiling, strict=True, ge=1, le=1000, description="never more")
    _is_a_range = model_validator(mode="after")(_in_order)


class CanvasSpec(Written):
    """A canvas as wide as the answer is likely to need where time is short, from the floor to the ceiling."""

    floor: int = Field(USUAL_CANVAS.floor, strict=True, ge=1, le=4096, description="never narrower")
    ceiling: int = Field(USUAL_CANVAS.ceiling, strict=True, ge=1, le=4096, description="never wider")
    _is_a_range = model_validator(mode="after")(_in_order)


Steps = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=1000), Tag("[number]")]
    | Annotated[Literal["auto"], Tag("[auto]")]
    | Annotated[StepsSpec, Tag("[mapping]")],
    Discriminator(_form),
]
Canvas = Annotated[
    Annotated[int, Field(strict=True, ge=1, le=4096), Tag("[number]")]
    | Annotated[Literal["auto"], Tag("[auto]")]
    | Annotated[CanvasSpec, Tag("[mapping]")],
    Discriminator(_form),
]


class DenoiseSpec(Written):
    """How a canvas is denoised on a tier that has the dials; other tiers pay no heed."""

    steps: Steps | None = Field(
        None, description="at most so many passes a canvas; auto, or a range: as many as the latency budget allows"
    )
    canvas: Canvas | None = Field(
        None,
        description="width of a canvas in tokens; auto, or a range: narrower where time is short and the answer likely "
        "to fit",
    )

    @model_validator(mode="after")
    def _says_something(self) -> "DenoiseSpec":
        if self.steps is None and self.canvas is None:
            raise ValueError("expected `steps`, `canvas` or both")
        if self.steps is None and not isinstance(self.canvas, int):
            raise ValueError("a `canvas` that follows the time left needs `steps`, too")
        return self

    def denoise(self) -> Denoise | DenoiseWithin:
        """As the value that decisions use."""
        steps, canvas = self.steps, self.canvas
        if (steps is None or isinstance(steps, int)) and (canvas is None or isinstance(canvas, int)):
            return Denoise(steps, canvas)
        assert steps is not None
        return DenoiseWithin(_range(steps, USUAL_STEPS), None if canvas is None else _range(canvas, USUAL_CANVAS))


DenoiseForm = Annotated[
    Annotated[Literal["auto"], Tag("[auto]")] | Annotated[DenoiseSpec, Tag("[mapping]")],
    Discriminator(lambda value: "[auto]" if value == "auto" else "[mapping]"),
]


def read_denoise(written: "Literal['auto'] | DenoiseSpec | None") -> Denoise | DenoiseWithin | None:
    """The setting as the value that decisions use."""
    return AUTO if written == "auto" else None if written is None else written.denoise()


def _range(written: "int | Literal['auto'] | StepsSpec | CanvasSpec", usual: Range) -> Range:
    if isinstance(written, int):
        return Range(written, written)
    return usual if written == "auto" else Range(written.floor, written.ceiling)
