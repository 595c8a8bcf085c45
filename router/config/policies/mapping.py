"""Mappings of policy files: nothing that is not known, and nothing that was forgotten."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Strict(BaseModel):
    """A mapping in which nothing may stand that is not known."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Written(Strict):
    """A mapping in which whatever is named has a value: one that was forgotten is not a wish for the default."""

    @field_validator("*", mode="before")
    @classmethod
    def _is_not_empty(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("is empty; expected a value, or leave the name out")
        return value
