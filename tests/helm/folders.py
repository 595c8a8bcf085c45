"""The files of a router's pod, laid out as the kubelet would, in a folder of the test's own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.helm.chart import ROOT, Manifest, manifests, pod_of, the


def lay_out(name: str, folder: Path, secrets: Mapping[str, str]) -> None:
    """Fills `settings`, `secrets` and `policies` of a folder with what the router of a set has under /etc/tandem.
    Paths in the settings then lead there. `secrets` are entries of Secrets that somebody else has made."""
    spec = pod_of(the(name, "Deployment", "tandem"))["spec"]
    volumes = {each["name"]: each for each in spec["volumes"]}
    for mount in spec["containers"][0]["volumeMounts"]:
        place = folder / Path(mount["mountPath"]).name
        for path, text in _content(name, volumes[mount["name"]], secrets):
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_text(text.replace("/etc/tandem", str(folder)).replace("/var/lib", f"{folder}/var"))


def _content(name: str, volume: dict[str, Any], secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for part in [volume, *volume.get("projected", {}).get("sources", [])]:
        source = part.get("configMap") or part.get("secret")
        if source is not None:
            called = source.get("secretName") or source["name"]
            data = _data(name, called) or dict(
                _policy_of_others(called) if "configMap" in part else _made_by_others(secrets)
            )
            items = source.get("items") or [{"key": key, "path": key} for key in data]
            yield from ((each["path"], data[each["key"]]) for each in items)


def _data(name: str, called: str) -> dict[str, str]:
    found: list[Manifest] = [
        each
        for each in manifests(name)
        if each["kind"] in ("ConfigMap", "Secret") and each["metadata"]["name"] == called
    ]
    return dict(found[0].get("data") or found[0]["stringData"]) if found else {}


def _policy_of_others(called: str) -> Iterator[tuple[str, str]]:
    folder = ROOT / "policies" / ("cases" if called.endswith("cases") else "")
    yield "default.yaml", (folder / "default.yaml").read_text()


def _made_by_others(secrets: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "keys.json", "[]"
    yield from ((entry, f"{entry}-0123456789") for entry in ("admin-key", "cache-salt", "engine-key"))
    yield from secrets.items()
