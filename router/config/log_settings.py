"""Where the decision log is written, as people write it: a file, or a folder of segments with its bounds."""

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from router.log.segments import GIB, MIB, Folder, Rotation


class LogSpec(BaseModel):
    """A file that grows for as long as nobody moves it, or a folder of segments that are closed, compressed and, the
    oldest first, removed. A text is short for `file`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: Path | None = Field(None, description="one file, which grows without bounds", examples=["decisions.jsonl"])
    folder: Path | None = Field(
        None, description="a folder of segments; routers may share it; made where there is none", examples=["decisions"]
    )
    segment_mb: int = Field(64, ge=1, le=4096, description="megabytes of lines after which a segment is closed")
    segment_s: float = Field(3600.0, gt=0, description="seconds after which a segment is closed, at the next request")
    max_gb: float = Field(10.0, gt=0, description="gigabytes that the folder holds at most: the oldest segments go")

    @model_validator(mode="before")
    @classmethod
    def _text_is_a_file(cls, given: Any) -> Any:
        return {"file": given} if isinstance(given, str | Path) else given

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.file is None) == (self.folder is None):
            raise ValueError("expected a file, or a mapping with `file` or `folder`, not both")
        if self.folder is None and self.model_fields_set - {"file"}:
            raise ValueError("segment_mb, segment_s and max_gb are about a folder")
        if self.max_gb * GIB < 2 * self.segment_mb * MIB:
            raise ValueError("max_gb must have room for two segments")
        return self

    @property
    def place(self) -> Path | Folder:
        """As the value that is written to. Raises ValueError where there is none, which cannot be."""
        if self.folder is not None:
            return Folder(self.folder, Rotation(self.segment_mb * MIB, self.segment_s, int(self.max_gb * GIB)))
        if self.file is None:
            raise ValueError("neither a file nor a folder")
        return self.file

    def beneath(self, folder: Path) -> Self:
        """The same, its path relative to this folder."""
        paths = {name: folder / value for name in ("file", "folder") if (value := getattr(self, name)) is not None}
        return self.model_copy(update=paths)
