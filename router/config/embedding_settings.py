"""What makes vectors of questions, as people write it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, SecretStr, Tag


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StaticSpec(_Strict):
    """A model2vec model in a local folder."""

    kind: Literal["model2vec"] = Field(description="vectors of words, from a file; needs the extra `semantic`")
    path: Path = Field(
        description="the folder that holds the model; nothing is downloaded", examples=["models/potion-base-8M"]
    )


class RemoteSpec(_Strict):
    """A server of embeddings. It is sent the text of every question that is looked up."""

    kind: Literal["openai"] = Field(description="any server that speaks OpenAI's /v1/embeddings")
    url: str = Field(
        pattern=r"^https?://[^\s/]+", description="its address, without /v1", examples=["http://127.0.0.1:8103"]
    )
    model: str = Field(min_length=1, description="the name it serves the model under", examples=["embeddings"])
    api_key: SecretStr | None = Field(None, description="the key it asks for", examples=["its-own-key"])
    dimensions: int | None = Field(
        None, ge=1, le=8192, description="numbers of a vector to ask for; default: what the model has", examples=[256]
    )
    timeout_s: float = Field(
        0.2, gt=0, le=5, description="seconds for a vector; a question that gets none is not looked up"
    )


def _tag(value: Any) -> str:
    """Which form this is; a mapping says so."""
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", "hashed")
    return f"[{kind}]"


def _is_form(value: Any) -> Any:
    """pydantic's own words for what is none would repeat it, and there may be a key in it."""
    if value != "hashed" and _tag(value) not in ("[model2vec]", "[openai]"):
        raise ValueError("expected hashed, or a mapping whose kind is model2vec or openai")
    return value


Embeddings = Annotated[
    Annotated[
        Annotated[Literal["hashed"], Tag("[hashed]")]
        | Annotated[StaticSpec, Tag("[model2vec]")]
        | Annotated[RemoteSpec, Tag("[openai]")],
        Discriminator(_tag),
    ],
    BeforeValidator(_is_form),
]
