"""Where answers are kept to be given again, and how much of them, as people write it."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.config.embedding_settings import Embeddings, StaticSpec


class CacheSpec(BaseModel):
    """The store of the cache. Whether answers are kept at all is for each policy to say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    store: Literal["off", "memory", "sqlite", "redis"] = Field(
        "memory",
        description="where answers are kept: in this process; in one file, which outlives it; in the Redis of `redis`, "
        "for all replicas, with some in this process in front of it; off: nowhere",
    )
    max_mb: int = Field(
        256, ge=1, description="megabytes that are kept at most; with redis: in this process (`maxmemory` is for there)"
    )
    max_entries: int = Field(100_000, ge=1, description="answers that are kept at most; with redis: in this process")
    tenant_max_mb: int = Field(64, ge=1, description="megabytes that are kept at most of any one tenant, wherever")
    path: Path | None = Field(None, description="the file, for `store: sqlite`; it is made where there is none")

    embeddings: Embeddings = Field(
        "hashed", description="what finds questions in other words, where policies have them looked for"
    )

    @model_validator(mode="after")
    def _has_its_file(self) -> Self:
        if (self.store == "sqlite") != (self.path is not None):
            raise ValueError("`path` names the file of `store: sqlite`, and of no other")
        return self

    def under(self, folder: Path) -> Self:
        """The same, with relative paths taken from this folder."""
        path = None if self.path is None else folder / self.path
        embeddings = self.embeddings
        if isinstance(embeddings, StaticSpec):
            embeddings = embeddings.model_copy(update={"path": folder / embeddings.path})
        return self.model_copy(update={"path": path, "embeddings": embeddings})
