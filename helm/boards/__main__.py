"""Makes `helm/tandem/dashboards`. With `--check` it only says whether that is up to date."""

import sys
from collections.abc import Mapping
from pathlib import Path

from helm.boards import cache, cost, engines, latency, overview, quality, tenants
from helm.boards.board import Board, render

FOLDER = Path(__file__).resolve().parents[1] / "tandem/dashboards"
BOARDS: tuple[Board, ...] = (
    overview.BOARD,
    quality.BOARD,
    latency.BOARD,
    engines.BOARD,
    cost.BOARD,
    cache.BOARD,
    tenants.BOARD,
)


def main(arguments: list[str]) -> int:
    """0: the files are what they should be, or now are."""
    if "--check" not in arguments:
        write(FOLDER)
        return 0
    stale = compare(FOLDER)
    for name in stale:
        sys.stderr.write(f"{FOLDER / name} is out of date: python -m helm.boards\n")
    return 1 if stale else 0


def compare(folder: Path) -> list[str]:
    """The files of a folder that are not what they should be: other, missing, or too many."""
    made, there = _made(), {path.name: path.read_text() for path in folder.glob("*.json")}
    return sorted(name for name in made.keys() | there.keys() if made.get(name) != there.get(name))


def write(folder: Path) -> None:
    """Makes the files of a folder what they should be."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _made()
    for name in compare(folder):
        if name in made:
            (folder / name).write_text(made[name])
        else:
            (folder / name).unlink()


def _made() -> Mapping[str, str]:
    return {f"{board.name}.json": render(board) for board in BOARDS}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
