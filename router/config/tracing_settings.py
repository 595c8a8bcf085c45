"""Where traces go, which of them are kept, and whether they hold text, as people write it."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from router.config.content_settings import Pattern


def _address(text: str) -> str:
    """The words do not repeat it: it may hold a password by mistake."""
    if re.fullmatch(r"https?://[^\s/@?#]+(/\S*)?", text) is None:
        raise ValueError("expected http://host:port or https://host:port; a key goes into `headers`")
    return text


TRACE_ID = "{trace_id}"
"""Where in a link the id of a trace stands."""


def _link(text: str) -> str:
    """INVARIANT: an http address and nothing that a browser would run; which host it leads to does not depend on a
    trace."""
    if re.fullmatch(r"https?://[^\s/@?#{}]+/\S*", text) is None:
        raise ValueError("expected http://host/path or https://host/path, without a name or a password")
    if TRACE_ID not in text:
        raise ValueError(f"expected {TRACE_ID} where the id of a trace belongs")
    if re.search(r"[{}]", text.replace(TRACE_ID, "")) is not None:
        raise ValueError(f"braces other than those of {TRACE_ID} are written %7B and %7D")
    return text


class KeepSpec(BaseModel):
    """Requests whose traces are kept though chance, or the caller, had not chosen them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    errors: bool = Field(default=True, description="those that failed, or broke off")
    escalations: bool = Field(default=True, description="those that took more than one attempt")
    slow_s: float | None = Field(
        30.0, gt=0, description="those that took so many seconds; null: however long they took"
    )


class TracingSpec(BaseModel):
    """A trace of each request, sent by OTLP."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    endpoint: Annotated[str, AfterValidator(_address)] = Field(
        description="the collector; with http, /v1/traces is added where it names no path",
        examples=["http://127.0.0.1:4318"],
    )
    protocol: Literal["http", "grpc"] = Field("http", description="how it is spoken to; grpc needs the extra `grpc`")
    headers: dict[str, SecretStr] = Field(
        default={},
        description="what is sent along, such as a key, by name",
        examples=[{"authorization": "Bearer the-collectors-key"}],
    )
    service: str = Field("tandem", min_length=1, description="service.name of the spans")
    share: float = Field(
        1.0, ge=0, le=1, description="share of the traces that no caller has begun; whoever began one decides for it"
    )
    keep: KeepSpec = Field(KeepSpec(), description="what is kept besides; such a trace may lack the engine's own spans")
    max_waiting: int = Field(
        2048, ge=1, le=100_000, description="requests whose spans, or decisions, wait for the collector; more are lost"
    )
    decisions: bool = Field(
        default=False, description="true: a log record of each decision goes there too, to /v1/logs beside /v1/traces"
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="seconds that one export may take")
    link: Annotated[str, AfterValidator(_link)] | None = Field(
        None,
        description="page that shows a trace, for the console: an address with {trace_id} in it",
        examples=["http://127.0.0.1:6006/redirects/traces/{trace_id}"],
    )
    content: bool = Field(default=False, description="true: with the texts of requests and answers")
    content_chars: int = Field(8192, ge=1, le=1_000_000, description="characters of each text that are told at most")
    redact: list[Pattern] = Field(
        default=[],
        description="regular expressions of what is replaced by __REDACTED__ in these texts",
        examples=[[r"\b\d{16}\b"]],
    )

    @model_validator(mode="after")
    def _has_what_it_speaks(self) -> Self:
        if self.protocol == "grpc" and re.search(r"^https?://[^/]+/.", self.endpoint):
            raise ValueError("with grpc, the endpoint is an address without a path")
        path = re.sub(r"^https?://[^/]+/?|[?#].*$", "", self.endpoint).rstrip("/")
        if self.decisions and path and not path.endswith("v1/traces"):
            raise ValueError("with `decisions`, the endpoint has no path, or one that ends in /v1/traces")
        return self
