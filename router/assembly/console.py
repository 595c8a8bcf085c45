"""Puts the console in front of the admin listener. What its pages are made of is loaded when somebody first looks."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from router.api.backend_admin import BackendDesk
from router.api.front import App
from router.api.policy_admin import PolicyDesk
from router.assembly.policies import classifier_of
from router.config.classifier_file import read_classifier
from router.config.settings import Settings
from router.console.door import Door
from router.console.pulse import Pulse
from router.console.recent import Recent
from router.inquiry import Considered, Landscape
from router.ports import Asked, Clock
from router.telemetry.decision_log import Sink
from router.turns import Turns


class Memory:
    """What the console remembers of requests that have ended, in memory."""

    def __init__(self) -> None:
        self.recent = Recent()
        self.pulse = Pulse()

    @property
    def sinks(self) -> tuple[Sink, ...]:
        """Who reads records for it."""
        return (self.recent, self.pulse)


class Showing(Struct, frozen=True):
    """The parts of a router that the console shows."""

    memory: Memory
    desk: PolicyDesk
    backends: BackendDesk
    turns: Turns
    landscape: Landscape
    consider: Callable[[Asked], Awaitable[Considered]]
    clock: Clock


def with_console(admin: App, settings: Settings, showing: Showing) -> App:
    """The admin listener, and the console under its place."""

    def build() -> App:
        from router.console.app import Exhibit, build_console

        exhibit = Exhibit(
            recent=showing.memory.recent,
            pulse=showing.memory.pulse,
            log=_log_path(settings),
            desk=showing.desk,
            backends=showing.backends,
            turns=showing.turns,
            tiers=showing.landscape.tiers,
            consider=showing.consider,
            read_heads=lambda: read_classifier(classifier_of(settings)).heads,
            clock=showing.clock,
            key=None if settings.admin.key is None else settings.admin.key.get_secret_value(),
        )
        return build_console(exhibit)

    return Door(admin, build)


def _log_path(settings: Settings) -> Path | None:
    place = settings.log_place
    return place if place is None or isinstance(place, Path) else place.path
