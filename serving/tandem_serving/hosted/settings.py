"""`hosted.yaml`: every setting of the hosted process, documented where it is declared."""

import ipaddress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from router.config.validation import validate
from router.config.yaml_file import read_yaml

VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]

MICROUSD = 1_000_000
"""Millionths of a dollar in a dollar."""


class Strict(BaseModel):
    """A part of the settings: frozen, and without names it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ListenSpec(Strict):
    """Where the router comes in. Nobody off this machine can."""

    socket: Path | None = Field(
        None,
        description="Unix socket to listen on, which only this user and its group may open; the router names it as "
        "url: unix:///run/tandem/hosted.sock",
        examples=["/run/tandem/hosted.sock"],
    )
    host: str = Field("127.0.0.1", description="loopback address to bind, where there is no socket", examples=["::1"])
    port: int = Field(
        8110, ge=0, le=65535, description="port to bind, where there is no socket; 0 picks one", examples=[8110]
    )
    key_env: VariableName | None = Field(
        None,
        description="environment variable with the key that the router must send; without it whoever may run programs "
        "on this machine may use a port, and spend",
        examples=["TANDEM_HOSTED_KEY"],
    )

    @model_validator(mode="after")
    def _on_this_machine(self) -> "ListenSpec":
        try:
            is_loopback = ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            is_loopback = self.host == "localhost"
        if not is_loopback:
            raise ValueError(f"host is {self.host}; only loopback may be listened on: provider keys are spent here")
        return self


class PriceSpec(Strict):
    """What a model costs, in millionths of a US dollar for a million tokens."""

    input_microusd_per_mtok: int = Field(
        ge=0, description="for a million tokens of prompts: 3000000 is 3 US dollars", examples=[3_000_000]
    )
    output_microusd_per_mtok: int = Field(
        ge=0, description="for a million tokens of answers, reasoning included", examples=[15_000_000]
    )


class ModelSpec(Strict):
    """One model of one provider."""

    name: str = Field(
        min_length=1, max_length=100, description="what the router's settings call the model", examples=["best"]
    )
    model: str = Field(
        pattern=r"^[^\s/]+/\S+$",
        description="the model as litellm names it: the provider, a slash, and the provider's own name",
        examples=["anthropic/claude-sonnet-4-5"],
    )
    key_env: VariableName | None = Field(
        None, description="environment variable with the provider's key", examples=["ANTHROPIC_API_KEY"]
    )
    key_file: Path | None = Field(
        None, description="file with the provider's key, in place of key_env", examples=["anthropic.key"]
    )
    api_base: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+",
        description="the provider's address, where it is not the usual one",
        examples=["https://eu.api.openai.com/v1"],
    )
    max_tokens: int = Field(
        4096, gt=0, description="the most that one answer may have, whatever is asked for", examples=[4096]
    )
    price: PriceSpec | None = Field(
        None,
        description="what it costs; default: what litellm's table says",
        examples=[{"input_microusd_per_mtok": 3_000_000, "output_microusd_per_mtok": 15_000_000}],
    )

    @model_validator(mode="after")
    def _one_key(self) -> "ModelSpec":
        if self.key_env is not None and self.key_file is not None:
            raise ValueError("has key_env and key_file; one of them is to say where the key is")
        return self


class SpendingSpec(Strict):
    """How much may be spent."""

    cap_microusd: int = Field(
        gt=0,
        description="millionths of a US dollar that may be spent in a window: 20000000 is 20 dollars",
        examples=[20_000_000],
    )
    window: Literal["hour", "day", "month"] = Field("day", description="of the clock in UTC", examples=["month"])
    file: Path = Field(
        Path("hosted-spent.json"),
        description="where it is written down what was spent, so that a restart forgets nothing",
        examples=["/var/lib/tandem/hosted-spent.json"],
    )


class HostedSettings(Strict):
    """Everything `tandem hosted` needs to know. Paths are relative to the file."""

    listen: ListenSpec = Field(
        ListenSpec(), description="where the router comes in", examples=[{"socket": "/run/tandem/hosted.sock"}]
    )
    models: list[ModelSpec] = Field(
        min_length=1,
        description="the models that may be asked for",
        examples=[[{"name": "best", "model": "anthropic/claude-sonnet-4-5", "key_env": "ANTHROPIC_API_KEY"}]],
    )
    spending: SpendingSpec = Field(
        description="how much may be spent: nothing is called without a cap", examples=[{"cap_microusd": 20_000_000}]
    )
    timeout_s: float = Field(120.0, gt=0, description="seconds that a call may take, its whole answer included")
    body_mb: int = Field(20, gt=0, description="size of a request")
    environment: list[VariableName] = Field(
        default=[],
        description="environment variables that a provider needs besides, such as a region; no others are kept",
        examples=[["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"]],
    )

    @model_validator(mode="after")
    def _each_name_once(self) -> "HostedSettings":
        names = [each.name for each in self.models]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two models are called {twice!r}; each name must mean one thing")
        return self


def read_hosted(path: Path) -> HostedSettings:
    """Reads the file. Raises FileError with line and column."""
    settings, folder = validate(read_yaml(path), HostedSettings), path.resolve().parent
    spending = settings.spending.model_copy(update={"file": folder / settings.spending.file})
    listen = settings.listen
    if listen.socket is not None:
        listen = listen.model_copy(update={"socket": folder / listen.socket})
    models = [_beneath(folder, each) for each in settings.models]
    return settings.model_copy(update={"spending": spending, "listen": listen, "models": models})


def _beneath(folder: Path, model: ModelSpec) -> ModelSpec:
    return model if model.key_file is None else model.model_copy(update={"key_file": folder / model.key_file})
