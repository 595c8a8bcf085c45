"""Where what ships with Tandem lies, and which classifier goes with a folder of policies."""

from pathlib import Path

_PACKAGE = Path(__file__).parent.parent
_PACKAGED, _IN_CHECKOUT = _PACKAGE / "_policies", _PACKAGE.parent / "policies"

SHIPPED_POLICIES = _PACKAGED if _PACKAGED.is_dir() else _IN_CHECKOUT
"""The policies that ship: beside the code in a wheel, at the top of a checkout."""

CLASSIFIER = Path("classifiers") / "default"
DOUBT = Path("classifiers") / "doubt"


def classifier_folder(policies: Path) -> Path:
    """The classifier by whose signals these policies decide: the one in their folder, else the one that ships."""
    own = policies / CLASSIFIER
    return own if own.is_dir() else SHIPPED_POLICIES / CLASSIFIER


def doubt_folder(policies: Path) -> Path:
    """What was learned about doubt that goes with these policies: what lies in their folder, else what ships."""
    own = policies / DOUBT
    return own if own.is_dir() else SHIPPED_POLICIES / DOUBT
