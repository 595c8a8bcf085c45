"""Hundreds of damaged policies: none goes live, and each error names the line that is wrong."""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from router.config.policies.policy_reader import read_policy_set
from router.core.errors import FileError, FilesRefused
from tests.mutations.kinds import KINDS, mutations
from tests.mutations.source import CASES, POLICY, Kind, Mutation, Place, Source, read_source
from tests.policy_texts import SHIPPED
from tests.usual import USUAL

OWN = Path(__file__).parent.parent / "mutations" / "policies"
"""Two policies that use everything there is, in cases that miss whatever is gone."""

SEED = 20_260
OF_EACH_KIND = 110

SOURCES: tuple[Source, ...] = (
    *(read_source(path, is_tight=True) for path in sorted(OWN.glob("*.yaml"))),
    *(read_source(path, is_tight=False) for path in sorted(SHIPPED.glob("*.yaml"))),
)


@cache
def drawn(kind: Kind) -> Sequence[tuple[Source, Mutation]]:
    """As many mutations of this kind, of whichever policy: always the same ones."""
    chance = random.Random(f"{SEED} {kind}")
    found = [(source, mutation) for source in SOURCES for mutation in mutations(source, kind, chance)]
    return chance.sample(found, min(OF_EACH_KIND, len(found)))


class Folder:
    """A folder that holds one policy and its cases, and nothing else."""

    def __init__(self, path: Path) -> None:
        self._path = path
        (path / CASES).parent.mkdir()

    def errors(self, name: str, texts: dict[str, str]) -> tuple[FileError, ...]:
        """What keeps these files from going live; nothing when they do."""
        for file in (POLICY, CASES):
            (self._path / file).unlink(missing_ok=True)
        for file, text in texts.items():
            (self._path / file).write_text(text)
        try:
            read_policy_set(self._path, name, USUAL)
        except FilesRefused as refused:
            return refused.errors
        return ()

    def place(self, error: FileError) -> Place:
        """Where an error is told."""
        return Place(Path(error.file).relative_to(self._path).as_posix(), error.line)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_policy_that_is_not_damaged_goes_live(folder: Folder, source: Source) -> None:
    assert folder.errors(source.name, source.texts) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_no_damaged_policy_goes_live_and_each_error_names_the_line_that_is_wrong(folder: Folder, kind: Kind) -> None:
    print(f"{kind}: {len(drawn(kind))} policies")

    went_live, misplaced = [], []
    for source, mutation in drawn(kind):
        errors = folder.errors(source.name, mutation.texts)
        if not errors:
            went_live.append(f"{source.name}: {mutation.what}")
        misplaced += [
            f"{source.name}: {mutation.what}: at {sorted(mutation.places)}, told {error.message}"
            for error in errors
            if folder.place(error) not in mutation.places
        ]

    assert went_live == []
    assert misplaced == []


def test_there_are_more_than_five_hundred_of_them_and_no_two_are_alike() -> None:
    every = [(source.name, *sorted(mutation.texts.items())) for kind in KINDS for source, mutation in drawn(kind)]

    assert len(every) >= 500
    assert len(set(every)) >= 500
    assert all(len(drawn(kind)) >= 90 for kind in KINDS)
