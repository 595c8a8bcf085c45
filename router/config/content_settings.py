"""Whether what is written down holds text, as people write it."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class RecordsSpec(BaseModel):
    """What records hold, and with them the decision log and the console, of what engines wrote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    content: bool = Field(default=False, description="true: with the text of blocks and answers that were rejected")
    content_chars: int = Field(2048, ge=1, le=100_000, description="characters of each text that are told at most")
    redact: list[Pattern] = Field(
        default=[],
        description="regular expressions of what is replaced by __REDACTED__ in these texts",
        examples=[[r"\b\d{16}\b"]],
    )
