"""`tandem.yaml`: every setting, documented where it is declared. Environment variables override the file:
`TANDEM_PUBLIC__PORT=9000` is `public: {port: 9000}`. A value may stand in another file: `key: {from_file: PATH}`."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as EnvironmentError_

from router.config.asr_settings import AsrSpec
from router.config.backend_settings import Strict, TierSpec, refuse_twice
from router.config.cache_settings import CacheSpec
from router.config.content_settings import RecordsSpec
from router.config.log_settings import LogSpec
from router.config.queue_settings import QueueSpec
from router.config.redis_settings import RedisSpec
from router.config.secret_files import with_secrets
from router.config.tracing_settings import TracingSpec
from router.config.validation import as_file_error, first_error
from router.config.yaml_file import YamlFile, read_yaml
from router.core.chat_request import Limits
from router.core.errors import SettingsError, TandemError
from router.core.escalation_budget import LEAST_A_S, SHARE
from router.core.values import Tier
from router.log.segments import Folder

ENV_PREFIX = "TANDEM_"


def _filled(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("is empty")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_filled)]


class Listener(Strict):
    """Where callers come in."""

    host: str = Field("127.0.0.1", description="address to bind; anything but loopback needs keys")
    port: int = Field(8080, ge=0, le=65535, description="port to bind; 0 picks a free one")

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class Admin(Listener):
    """Where metrics, readiness and docs are served."""

    port: int = Field(8081, ge=0, le=65535, description="port to bind; 0 picks a free one")
    key: Secret | None = Field(
        None, description="key the admin listener asks for; needed off loopback", examples=["a-long-random-word"]
    )


class LimitsSpec(Strict):
    """Caps on one request."""

    body_mb: int = Field(20, gt=0, description="size of the body")
    body_s: float = Field(30.0, gt=0, description="seconds for the body to arrive")
    messages: int = Field(2048, gt=0, description="messages")
    parts: int = Field(256, gt=0, description="parts of one message")
    tools: int = Field(256, gt=0, description="tools")
    choices: int = Field(16, gt=0, description="choices (`n`)")
    media_hosts: list[str] = Field(
        default=[], description="hosts whose https media addresses engines may fetch", examples=[["images.example.com"]]
    )

    @property
    def caps(self) -> Limits:
        """As the value that requests are held against."""
        return Limits(
            body_bytes=self.body_mb * 1024 * 1024,
            body_s=self.body_s,
            messages=self.messages,
            parts=self.parts,
            tools=self.tools,
            choices=self.choices,
            media_hosts=frozenset(host.lower() for host in self.media_hosts),
        )


class EscalationsSpec(Strict):
    """How many requests of a tenant may climb because a tier's engine refuses them or fails on them alone."""

    limited: bool = Field(default=True, description="false: all of them")
    share: float = Field(SHARE, ge=0, le=1, description="share of the tenant's requests of the last minute")
    least_a_s: float = Field(LEAST_A_S, ge=0, description="so many a second besides, counted over a minute")


class Settings(BaseSettings):
    """Everything `tandem serve` needs to know. Paths are relative to the file."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    public: Listener = Field(Listener(), description="where callers come in")
    admin: Admin = Field(Admin(), description="metrics, readiness, docs; never expose it")
    tiers: dict[Tier, TierSpec] = Field(
        min_length=1, description="the tiers there are: fast, strong, and hosted, which is off unless it stands here"
    )
    policies: Path | None = Field(
        None, description="folder of policy files; default: those that ship", examples=["policies"]
    )
    classifier: Path | None = Field(
        None,
        description="folder of a trained classifier; default: classifiers/default among the policies",
        examples=["policies/classifiers/default"],
    )
    default_policy: str = Field("default", description="the policy of `model: auto`")
    policy_of_tenant: dict[str, str] = Field(
        default={},
        description="the policy of a tenant's `model: auto`, by tenant; a key's own comes first",
        examples=[{"acme": "regulated"}],
    )
    policy_watch_s: float = Field(1.0, ge=0, description="seconds between looks at the folder; 0: none")
    policy_history: Path | None = Field(
        None,
        description="folder for the last versions of each policy and what they are held at; default: in memory",
        examples=[".tandem"],
    )
    keys: Path | None = Field(
        None, description="file of virtual keys, written by `tandem keys create`", examples=["keys.json"]
    )
    decision_log: LogSpec | None = Field(
        None, description="file that gets one JSON line per request, no texts; or a mapping: a folder of such files"
    )
    records: RecordsSpec = Field(RecordsSpec(), description="what records hold of texts; default: nothing")
    tracing: TracingSpec | None = Field(None, description="where a trace of each request is sent; default: nowhere")
    cache_salt_secret: Secret | None = Field(
        None,
        description="secret behind the tenants' cache salts; give replicas the same; default: random",
        examples=["another-long-random-word"],
    )
    breakers: bool = Field(
        default=True, description="leave a backend alone that keeps failing; false: where a balancer behind it does so"
    )
    audits: bool = Field(
        default=True, description="have the strong tier audit answers, as policies say; false: none whatever they say"
    )
    asr: AsrSpec | None = Field(
        None, description="what makes text of speech in messages; default: nobody, and only tiers that accept audio"
    )
    cache: CacheSpec = Field(CacheSpec(), description="where answers are kept that policies have given again")
    escalations: EscalationsSpec = Field(
        EscalationsSpec(), description="how many of a tenant's requests may climb for what they are"
    )
    keep_alive_s: float = Field(15.0, gt=0, description="seconds between comments while a stream waits")
    stop_grace_s: float = Field(30.0, ge=0, description="seconds that requests in flight get on SIGTERM")
    redis: RedisSpec | None = Field(None, description="the Redis that replicas share; default: each is alone")
    queue: QueueSpec = Field(QueueSpec(), description="who may wait where tiers are full")
    limits: LimitsSpec = Field(LimitsSpec(), description="caps on one request")

    def only_looked_at(self) -> "Settings":
        """The same for a router that serves nobody: it leaves no trace in files, in Redis or at engines."""
        tiers = {tier: spec.never_warmed_up() for tier, spec in self.tiers.items()}
        return self.model_copy(update={"policy_history": None, "redis": None, "tiers": tiers})

    @property
    def log_place(self) -> Path | Folder | None:
        """Where decisions are written down; None: nowhere."""
        return None if self.decision_log is None else self.decision_log.place

    @model_validator(mode="after")
    def _closed_without_keys(self) -> "Settings":
        if self.keys is None and not self.public.is_loopback:
            raise ValueError(
                f"public.host is {self.public.host} and there are no keys: anyone could use this router. "
                "Create one with `tandem keys create` and set `keys`, or bind to 127.0.0.1"
            )
        if self.admin.key is None and not self.admin.is_loopback:
            raise ValueError(f"admin.host is {self.admin.host}, which needs admin.key; or bind it to 127.0.0.1")
        return self

    @model_validator(mode="after")
    def _shared_through_something(self) -> "Settings":
        if self.cache.store == "redis" and self.redis is None:
            raise ValueError("cache.store is redis, and `redis` does not say which")
        shared = [each.shared_as for tier in self.tiers.values() for each in tier.backends if each.shared_as]
        if shared and self.redis is None:
            raise ValueError("a backend has shared_as, and `redis` does not say through which the replicas share it")
        if len(set(shared)) < len(shared):
            raise ValueError("two backends have the same shared_as; it is to name one engine")
        return self

    @model_validator(mode="after")
    def _each_name_once(self) -> "Settings":
        refuse_twice([name for tier, spec in self.tiers.items() for name in spec.named(tier)])
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment counts before the file (which arrives as `init_settings`)."""
        return env_settings, init_settings


def read_settings(path: Path) -> Settings:
    """Reads the file and the environment. Raises FileError with line and column, or SettingsError when the value
    at fault came from the environment."""
    file = read_yaml(path)
    _refuse_private(file)
    try:
        settings = Settings(**_plain(with_secrets(file)))
    except ValidationError as error:
        raise _located(file, error) from None
    except EnvironmentError_ as error:
        field = ENV_PREFIX + str(error).partition('"')[2].partition('"')[0].upper()
        given = ", ".join(name for name in os.environ if name.upper().startswith(field))
        raise SettingsError(f"the environment variable {given}: expected JSON") from None
    return _with_absolute_paths(settings, path.resolve().parent)


def _located(file: YamlFile, error: ValidationError) -> TandemError:
    details = first_error(error)
    names = [str(each) for each in details["loc"]]
    given = {name.upper() for name in os.environ}
    for end in range(len(names), 0, -1):
        variable = ENV_PREFIX + "__".join(names[:end]).upper()
        if variable in given:
            return SettingsError(f"the environment variable {variable}: {details['msg']}")
    return as_file_error(file, error, Settings)


def _refuse_private(file: YamlFile) -> None:
    """pydantic-settings takes names that begin with an underscore for orders to itself."""
    for key in file.data:
        if str(key).startswith("_"):
            raise file.error_at_key([key], f"{key}: is not a known setting")


def _plain(data: Any) -> dict[str, Any]:
    """Names only: pydantic-settings takes the file's top level as keyword arguments."""
    return {str(key): value for key, value in data.items()}


def _with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    paths: dict[str, Any] = {
        name: folder / value
        for name in ("policies", "classifier", "policy_history", "keys")
        if (value := getattr(settings, name)) is not None
    }
    if settings.decision_log is not None:
        paths["decision_log"] = settings.decision_log.beneath(folder)
    tiers = {tier: spec.under(folder) for tier, spec in settings.tiers.items()}
    return settings.model_copy(update={**paths, "cache": settings.cache.under(folder), "tiers": tiers})
