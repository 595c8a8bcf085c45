"""The course of a probe: who the engine is, what it tells, each parameter, and last of all what may end it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from router.core.capabilities import DialName
from router.core.probed import Feature, Found, Probed
from router.engines.dialects import DIALECTS
from tandem_serving.engine_client import EngineClient, open_engine
from tandem_serving.probe.features import try_continuing, try_counting, try_pages, try_reading
from tandem_serving.probe.identity import Identity, identify
from tandem_serving.probe.media import try_modalities
from tandem_serving.probe.passes import Work, try_dials
from tandem_serving.probe.trials import is_dangerous, parameters_of
from tandem_serving.probe.trying import Bench, Conduct

Watch = Callable[[str, int], None]
"""Told before each trial what it is of, and how many there are in all."""

ELSE_TRIED = ("its pages", "its pace", "its input", "going on", "reading")


class Wanted(Struct, frozen=True):
    """The engine to probe. `model`, `dialect`: None where it is to tell them itself."""

    url: str
    model: str | None = None
    key: str | None = None
    dialect: str | None = None
    conduct: Conduct = Conduct()


async def probe(wanted: Wanted, watch: Watch) -> Probed:
    """Everything that was found. Raises SettingsError, which says what to do, for what cannot be probed at all."""
    async with open_engine(wanted.url, wanted.key) as client:
        identity = await identify(client, wanted.model, wanted.dialect)
        bench = Bench(client, identity.model, identity.dialect, wanted.conduct)
        return await _Probe(client, identity, bench, watch).run()


class _Probe:
    """One probe on its way."""

    def __init__(self, client: EngineClient, identity: Identity, bench: Bench, watch: Watch) -> None:
        self._client = client
        self._identity = identity
        self._bench = bench
        self._names = parameters_of(identity.dialect)
        self._watch = watch

    async def run(self) -> Probed:
        features: dict[Feature, Found] = {"auth": self._identity.auth}
        features |= await self._features()
        self._say("its pace")
        dials, usual = await try_dials(self._bench)
        self._say("its input")
        modalities = await try_modalities(self._bench, self._identity)
        parameters = {}
        for name in self._names:
            self._say(name)
            parameters[name] = await self._bench.try_parameter(name)
        return Probed(
            self._identity.engine,
            self._identity.version,
            datetime.now(UTC).isoformat(timespec="seconds"),
            self._identity.model,
            self._identity.dialect,
            self._identity.context_tokens,
            _width(self._identity.dialect, usual),
            modalities,
            features,
            {**dials, **self._thinking(parameters)},
            {name: parameters[name] for name in sorted(parameters)},
        )

    async def _features(self) -> Mapping[Feature, Found]:
        self._say("its pages")
        found = {**await try_pages(self._bench), **await try_counting(self._bench)}
        self._say("going on")
        found["continues"] = await try_continuing(self._bench)
        self._say("reading")
        return {**found, **await try_reading(self._bench)}

    def _thinking(self, parameters: Mapping[str, Found]) -> Mapping[DialName, Found]:
        dial = DIALECTS[self._identity.dialect].dials.get("thinking")
        return {} if dial is None else {"thinking": parameters[dial.field]}

    def _say(self, what: str) -> None:
        danger = ", which may end the engine" if is_dangerous(what, self._identity.dialect) else ""
        self._watch(f"{what}{danger}", len(self._names) + len(ELSE_TRIED))


def _width(dialect: str, usual: Work | None) -> int | None:
    return usual.tokens if usual is not None and DIALECTS[dialect].canvas_tokens is not None else None
