"""What reviews and cases take for usual: the tiers that Tandem is made for, requests measured by one classifier."""

from collections.abc import Sequence
from pathlib import Path

from router.config.classifier_file import read_classifier
from router.config.policies.policy_set import CASES_FOLDER
from router.config.shipped import classifier_folder
from router.core.case import Usual
from router.core.signals import measure_by
from router.engines.dialects import USUAL_TIERS


def read_usual(policies: Path, classifier: Path | None = None) -> Usual:
    """What is usual to the policies of a folder: a router that serves them measures by the same classifier, unless
    its settings name another. Raises FileError."""
    heads = read_classifier(classifier or classifier_folder(policies)).heads
    return Usual(USUAL_TIERS, measure_by(heads), heads.thresholds.difficulty_bands)


def read_usual_beside(paths: Sequence[Path], classifier: Path | None = None) -> Usual:
    """What is usual to the policies that the first of these paths is about: a folder, a file in one, or a file of
    cases. Raises FileError."""
    return read_usual(_folder_of(paths[0]), classifier)


def _folder_of(path: Path) -> Path:
    if path.is_dir():
        return path
    return path.parent.parent if path.parent.name == CASES_FOLDER else path.parent
