"""What the commands of `tandem policy` that ask about requests have in common: options, and how they are read."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from router.cli.screen import watched

if TYPE_CHECKING:
    from router.core.case import Usual
    from router.core.errors import FileError
    from router.review.requests_file import Pose, Row

DEFAULT = "default"
"""The policy that is meant where none is named."""

POLICIES = Path("policies")

PoliciesFolder = Annotated[
    Path | None,
    typer.Option("--policies", help="folder of policies; default: policies, else those that ship", metavar="FOLDER"),
]
RequestsFile = Annotated[
    Path | None,
    typer.Option(
        "--requests",
        help="file of requests: .txt (a prompt a line), .jsonl (prompts, bodies or a decision log) or .parquet",
        metavar="FILE",
    ),
]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="count rows that are not requests instead of stopping")]


ClassifierFolder = Annotated[
    Path | None,
    typer.Option(
        "--classifier",
        help="classifier that measures requests; default: classifiers/default beside the policies, else the shipped",
        metavar="DIR",
    ),
]


def folder_of(given: Path | None) -> Path:
    """The folder of policies: the one given, else `policies` here, else those that ship."""
    if given is not None:
        return given
    if POLICIES.is_dir():
        return POLICIES
    from router.config.shipped import SHIPPED_POLICIES

    return SHIPPED_POLICIES


class Source(NamedTuple):
    """Where policies are found by name, and what is usual to them."""

    folder: Path
    usual: "Usual"


def open_source(folder: Path, classifier: Path | None) -> Source:
    """The policies of a folder. Raises FileError for the classifier."""
    from router.review.usual import read_usual

    return Source(folder, read_usual(folder, classifier))


def open_rows(path: Path, pose: "Pose", *, skip_bad: bool) -> "Iterable[Row | FileError]":
    """The rows of a file of requests, with a bar of how many have gone by. Those that are no requests are errors
    among them, or, unless they are to be skipped, are raised. Raises FileError, and so does reading."""
    from router.review.intake import strictly
    from router.review.requests_file import count_rows, read_requests

    rows = watched(read_requests(path, pose), count_rows(path), "deciding")
    return rows if skip_bad else strictly(rows)
