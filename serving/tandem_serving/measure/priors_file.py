"""Writes a profile's priors with what was measured in the place of what was thought; the rest stays, with its marks."""

from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from router.core.errors import FileError
from tandem_serving.measure.figures import Measured
from tandem_serving.simulator.profile import Profile
from tandem_serving.simulator.profile_file import FOLDERS, SUFFIX, find_profile, profile_names, read_profile
from tandem_serving.simulator.study import draw_work, one_at_a_time

REQUESTS: Final = 1000
FEWEST: Final = 20
"""Canvases of a band from which its percentiles are told."""


def write_priors(measured: Measured, out: Path, like: str) -> None:
    """Writes the file: `like` names the profile whose figures stand where nothing was measured. Raises FileError."""
    data = _load(find_profile(measured.tier, like).name)
    data["name"] = out.name.removesuffix(SUFFIX)
    data["served_model"] = measured.model
    _lay(data, measured)
    try:
        out.write_text(_dumped(data), "utf-8")
        _state_latency(data, read_profile(out, measured.tier))
        out.write_text(_dumped(data), "utf-8")
    except OSError as error:
        raise FileError(str(out), 1, 1, f"cannot be written: {error.strerror}") from None
    read_profile(out, measured.tier)


def check_name(out: Path) -> None:
    """Raises FileError for a file that no profile's priors could be."""
    if not out.name.endswith(SUFFIX):
        raise FileError(str(out), 1, 1, f"must be called NAME{SUFFIX}, as every profile's priors are")


def nearest(measured: Measured) -> str:
    """The profile whose pace is nearest to what was measured: what it says of memory and the like is a guess."""
    names = [name for name in profile_names() if name.endswith("-strong") == (measured.tier == "strong")]
    alone_s = measured.curve[1]

    def apart(name: str) -> float:
        theirs = find_profile(measured.tier, name).step_s.at(1)
        return max(theirs, alone_s) / min(theirs, alone_s)

    return min(names, key=apart)


def _load(name: str) -> CommentedMap:
    file = next(each for folder in FOLDERS if (each := folder / f"{name}{SUFFIX}").is_file())
    data: CommentedMap = YAML(typ="rt").load(file.read_bytes())
    return data


def _lay(data: CommentedMap, measured: Measured) -> None:
    """Puts the measured figures in their places."""
    how = f"tandem engine measure, {measured.measured}"
    curve = {running: _rounded(step_s) for running, step_s in measured.curve.items()}
    data["step_s"] = {"values": curve, "mark": "measured", "source": how}
    data["tokens_per_s"] = _rate(measured, how)
    if measured.context_tokens is not None:
        data["context_tokens"] = {"value": measured.context_tokens, "mark": "measured", "source": "told by the engine"}
    if measured.slots is not None:
        data["slots"] = {"value": measured.slots, "mark": "measured", "source": f"{how}: no more ran at once"}
    knee, twice = measured.knee, "where a step takes twice as long as alone, or all slots"
    if knee is not None:
        data["knee"] = {"value": knee, "mark": "measured", "source": f"{how}: {twice}"}
    if measured.prefill_tokens_per_s is not None:
        value = _rounded(measured.prefill_tokens_per_s)
        data["prefill_tokens_per_s"] = {"value": value, "mark": "measured", "source": how}
    if measured.tier == "fast":
        data["canvas_tokens"] = {"value": measured.block_tokens, "mark": "measured", "source": how}
        _lay_passes(data["passes"], measured, how)


def _rate(measured: Measured, how: str) -> Mapping[str, Any]:
    passes = max(round(measured.passes_p50), 1)
    value = _rounded(measured.block_tokens / (passes * measured.curve[1]))
    return {"value": value, "passes": passes, "mark": "measured", "source": how}


def _lay_passes(passes: CommentedMap, measured: Measured, how: str) -> None:
    enough = {band: drawn for band, drawn in measured.passes.items() if len(drawn) >= FEWEST}
    for band, drawn in enough.items():
        passes[band] = _percentiles(sorted(drawn))
    if enough:
        passes["mark"] = "measured" if len(enough) == len(measured.passes) else "derived"
        passes["source"] = f"{how}: {', '.join(f'{len(drawn)} canvases of {band}' for band, drawn in enough.items())}"


def _percentiles(drawn: Sequence[int]) -> Mapping[str, int]:
    return {name: drawn[min(len(drawn) * at // 100, len(drawn) - 1)] for name, at in _PERCENTILES.items()}


_PERCENTILES: Final = {"p10": 10, "p50": 50, "p90": 90, "p99": 99}


def _state_latency(data: CommentedMap, profile: Profile) -> None:
    """What the figures come to for the workload that the profile assumes."""
    seen = one_at_a_time(profile, draw_work(profile, REQUESTS, seed=1))
    for name in ("first_block_s", "total_s"):
        values = sorted(getattr(each, name) for each in seen)
        data["latency"][name]["p50"] = _rounded(values[len(values) // 2])
        data["latency"][name]["p90"] = _rounded(values[len(values) * 9 // 10])


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _dumped(data: CommentedMap) -> str:
    yaml = YAML(typ="rt")
    yaml.width = 120
    text = StringIO()
    yaml.dump(data, text)
    return text.getvalue()
