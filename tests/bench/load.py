"""What two tiers serve under load: Tandem beside tiers and splits fixed beforehand, and beside an oracle.

python -m tests.bench.load [--quick] [--page FILE] [--rows FILE]

Played on the simulator's scheduler with a virtual clock, for each kind of hardware that has profiles of both tiers:
requests come evenly (Poisson) or in bursts (see `workload.bursty`), at 0.1 to 3 times what both engines can serve at
their knees, and are to be answered within 1, 3 or 10 seconds; whoever has no answer by then is gone. Goodput is the
share of requests answered in time, each answer weighed by how likely it is right (see `Asked.worth`). The first part of
each run counts for nobody. Prints a line of JSON for each scene, then a table.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Final

from router.config.policies.policy_file import compile_policy, read_policy
from router.config.yaml_file import parse_yaml
from router.core.policy import Policy
from tests.bench.figure import say
from tests.bench.load_study.contenders import Oracle, Split
from tests.bench.load_study.page import page_of
from tests.bench.load_study.rows import FIXED, ORACLE, TANDEM, Row, Summary, summary_of, table_of
from tests.bench.load_study.stage import Contender, Served, Stage
from tests.bench.load_study.tandem import Tandem, ToldLengths
from tests.bench.load_study.workload import Arrivals, Asked, Pair, Scene, capacity_of, pair_of, requests_of

PROFILES: Final = ("h200-fp8", "rtx5090-nvfp4", "spark-nvfp4")
ARRIVALS: Final[tuple[Arrivals, ...]] = ("poisson", "bursty")
BUDGETS_S: Final = (1.0, 3.0, 10.0)
LOADS: Final = (0.1, 0.4, 0.7, 1.0, 1.3, 2.0, 3.0)
SEEDS: Final = (11, 12, 13)
"""Not those by which `core/prospect.py` was made."""

QUICK_LOADS: Final = (0.7, 1.3)

REQUESTS: Final = 350
"""Of a run at the load that both engines can serve: how long it lasts follows from it."""

UNCOUNTED: Final = 0.2
"""The part of a run that counts for nobody: engines fill, and Tandem sees its first answers."""

STRETCHES: Final = 8
"""Of a run: what intervals are drawn from."""

DEFAULT: Final = Path(__file__).parents[2] / "policies" / "default.yaml"
IN_TIME: Final = b"name: in-time\nrules: []\notherwise: {ladder: [fast, strong], begin: in_time}\n"
"""The policy of a deployment that wants as many right answers in time as it can have, whatever they cost."""

Enter = Callable[[Pair], Contender]


def main() -> int:
    """Plays and prints; 0 whatever it finds."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true", help="fewer loads, one seed")
    reader.add_argument("--profiles", nargs="+", default=list(PROFILES))
    reader.add_argument("--page", type=Path, help="where to draw it, as HTML")
    reader.add_argument("--rows", type=Path, help="where to keep the raw rows, as Parquet")
    told = reader.parse_args()
    loads, seeds = (QUICK_LOADS, SEEDS[:1]) if told.quick else (LOADS, SEEDS)
    rows, found = [], []
    for scene in scenes(told.profiles, loads):
        of_scene = list(play(scene, seeds))
        rows += of_scene
        found.append(summary_of(scene, of_scene))
        print(json.dumps(_as_json(found[-1])), flush=True)
    say(table_of(found))
    if told.page:
        told.page.write_text(page_of(found))
    if told.rows:
        write_rows(told.rows, rows)
    return 0


def scenes(profiles: Sequence[str], loads: Sequence[float]) -> Iterator[Scene]:
    """Everything that is played."""
    for profile in profiles:
        for arrivals in ARRIVALS:
            for budget_s in BUDGETS_S:
                for load in loads:
                    yield Scene(profile, arrivals, load, budget_s)


def contenders() -> Mapping[str, Enter]:
    """All of them, by name."""
    in_time, default = compile_policy(parse_yaml(Path("in-time.yaml"), IN_TIME)), read_policy(DEFAULT)
    return {
        **{name: _split(share) for name, share in FIXED.items()},
        ORACLE: Oracle,
        TANDEM: _tandem(in_time),
        f"{TANDEM}, policy default": _tandem(default),
        f"{TANDEM}, told lengths": lambda pair: ToldLengths(pair, in_time),
    }


def play(scene: Scene, seeds: Sequence[int]) -> Iterator[Row]:
    """Every contender before the same requests."""
    pair = pair_of(scene.profile)
    capacity = capacity_of(pair)
    until_s = REQUESTS / capacity
    entered = contenders()
    for seed in seeds:
        requests = requests_of(pair, scene, capacity, until_s, Random(seed))
        for name, enter in entered.items():
            served = Stage(pair, scene.budget_s).play(requests, enter(pair))
            yield from _rows(scene, seed, name, requests, served, until_s)


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """The raw rows, as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([asdict(row) for row in rows]), path)


def _split(share: float) -> Enter:
    return lambda _: Split(share)


def _tandem(policy: Policy) -> Enter:
    return lambda pair: Tandem(pair, policy)


def _rows(
    scene: Scene, seed: int, name: str, requests: Sequence[Asked], served: Sequence[Served], until_s: float
) -> Iterator[Row]:
    """One for each stretch of the part that counts."""
    ends = {each.number: each for each in served}
    counted_s = until_s * (1.0 - UNCOUNTED)
    parts: list[list[Asked]] = [[] for _ in range(STRETCHES)]
    for asked in requests:
        if asked.at_s >= until_s - counted_s:
            parts[int((asked.at_s - until_s + counted_s) / counted_s * STRETCHES)].append(asked)
    for stretch, part in enumerate(parts):
        got = [ends[asked.number] for asked in part if asked.number in ends]
        about = (scene.profile, scene.arrivals, scene.load, scene.budget_s, seed, stretch, name)
        yield Row(*about, len(part), len(got), sum([each.worth for each in got]))


def _as_json(summary: Summary) -> Mapping[str, Any]:
    scene = summary.scene
    about = {"profile": scene.profile, "arrivals": scene.arrivals, "load": scene.load, "budget_s": scene.budget_s}
    goals = {"holds": summary.holds, "beats_splits": summary.beats_splits, "nears_oracle": summary.nears_oracle}
    return {**about, **{key: value for key, value in asdict(summary).items() if key != "scene"}, **goals}


if __name__ == "__main__":
    sys.exit(main())
