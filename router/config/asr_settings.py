"""What makes text of speech, as people write it."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class AsrSpec(BaseModel):
    """A server of transcriptions. It is sent the speech of every request that holds any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        pattern=r"^https?://[^\s/]+",
        description="address, without /v1, of any server that speaks OpenAI's /v1/audio/transcriptions",
        examples=["http://127.0.0.1:8104"],
    )
    model: str = Field(min_length=1, description="the name it serves the model under", examples=["whisper"])
    api_key: SecretStr | None = Field(None, description="the key it asks for", examples=["its-own-key"])
    language: str = Field(
        "",
        pattern=r"^([a-z]{2,3})?$",
        description="what is spoken (en, de, ...); default: the server finds out",
        examples=["de"],
    )
    timeout_s: float = Field(
        20.0, gt=0, le=600, description="seconds for all speech of a request; a latency budget may leave less"
    )
    clips: int = Field(8, ge=1, le=64, description="clips of speech in one request")
    clip_mb: int = Field(10, ge=1, le=100, description="size of one clip")
