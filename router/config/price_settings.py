"""What a backend charges, as people write it."""

from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from router.core.price import MICROUSD, Price

BY_TOKENS: Final = ("input_microusd_per_mtok", "output_microusd_per_mtok")
BY_HOUR: Final = "engine_microusd_per_hour"
EXPECTED: Final = f"expected {BY_TOKENS[0]} and {BY_TOKENS[1]}, or {BY_HOUR} alone"


def _whole(given: Any) -> Any:
    """Whoever writes dollars, as price lists have them, is told what that is here."""
    if isinstance(given, float) and not given.is_integer():
        raise ValueError(f"is in millionths of a US dollar: {given:g} dollars are {round(given * MICROUSD)}")
    return given


Microusd = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=10**12)]


class PriceSpec(BaseModel):
    """What a backend charges, in millionths of a US dollar: by the token as providers do, or by the hour of its engine
    as GPUs are paid for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_microusd_per_mtok: Microusd | None = Field(
        None, description="for a million tokens of prompts: 150000 is 0.15 US dollars", examples=[150_000]
    )
    output_microusd_per_mtok: Microusd | None = Field(
        None, description="for a million tokens of answers", examples=[600_000]
    )
    engine_microusd_per_hour: Microusd | None = Field(
        None,
        description="for an hour of its engine, shared among the attempts open there at once: 2500000 is 2.50 dollars",
        examples=[2_500_000],
    )

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        by_tokens = [getattr(self, name) is not None for name in BY_TOKENS]
        if any(by_tokens) == (self.engine_microusd_per_hour is not None) or any(by_tokens) != all(by_tokens):
            raise ValueError(EXPECTED)
        return self

    @property
    def price(self) -> Price:
        """As the value that costs are worked out by."""
        return Price(
            self.input_microusd_per_mtok or 0, self.output_microusd_per_mtok or 0, self.engine_microusd_per_hour
        )
