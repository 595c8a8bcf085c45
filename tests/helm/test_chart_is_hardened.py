"""checkov's checks of the manifests and of the image's file, and those that are skipped, each with its reason."""

import json
import os
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.helm.chart import ROOT, manifests, value_sets
from tests.needed import need

CHECKOV: Final = ROOT / ".venv-helm/bin/checkov"

SKIPPED: Final = {
    ("CKV_K8S_43", "*"): "digests are the operator's to say (image.digest): the router's image is built by them",
    ("CKV_K8S_15", "*"): "tags are versions and never `latest`, so what is there need not be pulled again",
    ("CKV_K8S_35", "StatefulSet"): "vLLM takes its key from there or from the command line, which is worse",
    ("CKV_K8S_8", "Pod"): "the pod of `helm test` runs once, for seconds",
    ("CKV_K8S_9", "Pod"): "likewise: nobody sends it anything",
}
"""By check and kind of resource (*: any)."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What checkov says of every set of values."""
    folder = tmp_path_factory.mktemp("manifests")
    for name in value_sets():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump_all(manifests(name)))
    return checked("-d", folder, "--framework", "kubernetes")


def checked(*words: str | Path) -> dict[str, Any]:
    """What checkov says, asking nobody."""
    need(CHECKOV, "run `make chart`, which sets up .venv-helm")
    done = subprocess.run(
        [CHECKOV, *words, "--compact", "--skip-download", "-o", "json"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"BC_SKIP_MAPPING": "TRUE"},
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def failed(report: dict[str, Any]) -> dict[tuple[str, str], set[str]]:
    """What failed, by check and kind of resource."""
    found = defaultdict(set)
    for each in report["results"]["failed_checks"]:
        kind = each["resource"].partition(".")[0]
        found[each["check_id"], kind].add(f"{each['check_name']}: {each['resource']} of {Path(each['file_path']).stem}")
    return found


def test_no_check_fails_but_those_that_are_skipped_for_a_reason(failed: dict[tuple[str, str], set[str]]) -> None:
    unexplained = {check: sorted(each) for check, each in failed.items() if not _skipped(*check)}
    assert unexplained == {}


def test_nothing_is_skipped_that_would_pass(failed: dict[tuple[str, str], set[str]]) -> None:
    needed = {skip for check in failed for skip in SKIPPED if skip in (check, (check[0], "*"))}
    assert set(SKIPPED) == needed


def test_everything_was_looked_at(report: dict[str, Any]) -> None:
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 1000


def test_no_check_of_the_image_fails() -> None:
    report = checked("-f", ROOT / "serving/Dockerfile", "--framework", "dockerfile")

    assert report["results"]["failed_checks"] == []
    assert report["summary"]["passed"] > 50


def _skipped(check: str, kind: str) -> bool:
    return (check, kind) in SKIPPED or (check, "*") in SKIPPED
