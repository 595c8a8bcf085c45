"""The renders that were looked at and found right. `python -m tests.helm.golden` renews them: read the difference."""

import sys
from collections.abc import Iterator
from copy import deepcopy
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import walk_tree

from tests.helm.chart import OWN_POLICIES, ROOT, Manifest, manifests, rendered

FOLDER = Path(__file__).with_name("golden")


def render_golden(name: str) -> str:
    """What a set comes to, as it is kept: sorted, without comments, and with what only repeats other files left out."""
    return "".join(_written(name))


def kept(name: str) -> Path:
    """Where it is kept."""
    return FOLDER / f"{name}.yaml"


def names() -> list[str]:
    """The sets that are kept."""
    return [name for name in rendered() if name != OWN_POLICIES]


def _written(name: str) -> Iterator[str]:
    yaml = YAML()
    yaml.width = 4096
    for each in sorted(manifests(name), key=lambda one: (one["kind"], one["metadata"]["name"])):
        out, shown = StringIO(), deepcopy(_shortened(each))
        walk_tree(shown)
        yaml.dump(shown, out)
        yield f"---\n{out.getvalue()}"


def _shortened(manifest: Manifest) -> Manifest:
    """Profiles, dashboards and rules are files of the repository, and tests of their own say that these are they."""
    name = manifest["metadata"]["name"]
    if manifest["kind"] == "PrometheusRule":
        return manifest | {"spec": {"groups": [each["name"] for each in manifest["spec"]["groups"]]}}
    if manifest["kind"] == "ConfigMap" and ("-dashboard-" in name or name.endswith("-profile")):
        return manifest | {"data": list(manifest["data"])}
    return _without_checksums(manifest)


def _without_checksums(manifest: Manifest) -> Manifest:
    if manifest["kind"] not in ("Deployment", "StatefulSet"):
        return manifest
    template = manifest["spec"]["template"]
    about = template["metadata"]
    shown = {key: "..." if key.startswith("checksum/") else value for key, value in about["annotations"].items()}
    changed = template | {"metadata": about | {"annotations": shown}}
    return manifest | {"spec": manifest["spec"] | {"template": changed}}


def renew() -> None:
    """Makes the folder what it should be."""
    for path in FOLDER.glob("*.yaml"):
        path.unlink()
    for name in names():
        kept(name).write_text(render_golden(name))
    sys.stdout.write(f"renewed {FOLDER.relative_to(ROOT)}: read the difference\n")


if __name__ == "__main__":
    renew()
