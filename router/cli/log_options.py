"""Which log, and which of its lines: what the commands of `tandem log` have in common."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from router.log.selection import Selection

LogPath = Annotated[
    Path | None, typer.Option("--log", help="the log, a file or a folder; default: that of --config", metavar="LOG")
]
ConfigPath = Annotated[Path, typer.Option("--config", help="the settings file, which says where it is", metavar="FILE")]
TierName = Annotated[str | None, typer.Option("--tier", help="answered by this tier")]
Rule = Annotated[str | None, typer.Option("--rule", help="decided by this rule")]
Policy = Annotated[str | None, typer.Option("--policy", help="decided by this policy: its name, or name@hash")]
Outcome = Annotated[str | None, typer.Option("--outcome", help="served, broken, refused, failed or caller_left")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="of this tenant: its name, or its hash in the log")]
Escalated = Annotated[bool, typer.Option("--escalated", help="that had to go up a tier")]
Since = Annotated[
    str | None, typer.Option("--since", help="begun since: 15m, 2h, 3d ago, or 2026-11-21T04:00", metavar="WHEN")
]

_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def log_at(path: Path | None, config: Path) -> Path:
    """Where the log is. Raises FileError or SettingsError."""
    from router.core.errors import FileError

    found = path or _configured(config)
    if not found.exists():
        raise FileError(str(found), 1, 1, "cannot be read: there is no such log yet")
    return found


def select(
    *,
    tier: str | None = None,
    rule: str | None = None,
    policy: str | None = None,
    outcome: str | None = None,
    tenant: str | None = None,
    escalated: bool = False,
    since: str | None = None,
    until: str | None = None,
) -> "Selection":
    """What these options select. Ends the command for an instant that is none."""
    from router.log.selection import Selection

    since_s, until_s = _instant(since, "--since"), _instant(until, "--until")
    return Selection(tier, rule, policy, outcome, tenant, escalated, since_s, until_s)


def _configured(config: Path) -> Path:
    from router.config.settings import read_settings
    from router.core.errors import FileError
    from router.log.segments import Folder

    spec = read_settings(config).decision_log
    if spec is None:
        raise FileError(str(config), 1, 1, "sets no `decision_log`; say --log")
    return spec.place.path if isinstance(spec.place, Folder) else spec.place


def _instant(said: str | None, option: str) -> float | None:
    if said is None:
        return None
    if ago := _AGO.fullmatch(said):
        return time.time() - float(ago[1]) * _UNIT_S[ago[2]]
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise typer.BadParameter(f"{said!r} is neither an age nor a time", param_hint=option) from None
    return (found if found.tzinfo else found.astimezone()).astimezone(UTC).timestamp()
