"""Where answers are kept to be given again, and how much of them, as people write it."""

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.config.embedding_settings import Embeddings, StaticSpec
from router.config.encryption_keys import EncryptionKeys, keys_in
from router.core.caching.upgrade_budget import A_MINUTE, SHARE, UpgradeBudget


class UpgradesSpec(BaseModel):
    """How many popular answers of the fast tier the strong one writes again, where policies say so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    a_minute: int = Field(A_MINUTE, ge=0, le=600, description="so many in any minute at most; 0: none")
    share: float = Field(
        SHARE,
        ge=0,
        le=1,
        description="at most this share of the answers that were given from the cache in the minute, or one",
    )

    def budget(self) -> UpgradeBudget:
        """As the value that is spent from."""
        return UpgradeBudget(self.a_minute, self.share)


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
    upgrades: UpgradesSpec = Field(
        UpgradesSpec(), description="the budget for writing popular answers again; no tenant gets more than half of it"
    )
    path: Path | None = Field(
        None, description="the file, for `store: sqlite`; it is made where there is none", examples=["cache.sqlite"]
    )
    encryption_keys: EncryptionKeys | None = Field(
        None,
        description="keys that encrypt what is kept in a file or in Redis, best from TANDEM_CACHE__ENCRYPTION_KEYS; "
        "each 32 bytes in base64, commas between them; the first encrypts, all decrypt; default: it is legible there",
        examples=["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="],
    )

    embeddings: Embeddings = Field(
        "hashed", description="what finds questions in other words, where policies have them looked for"
    )

    @property
    def keys(self) -> tuple[bytes, ...]:
        """The keys themselves; none: nothing is encrypted."""
        return () if self.encryption_keys is None else keys_in(self.encryption_keys)

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
