"""Helm and the schemas of Kubernetes, in the virtual environment that has them. Orders come as JSON on the standard
input, answers go out the same way."""

import functools
import json
import os
import sys
from typing import Any

import helm_python
import kubernetes_validate

ELSEWHERE = ("gateway.networking.k8s.io/", "monitoring.coreos.com/")
"""Kinds that are no part of Kubernetes, of which it has no schemas."""


def render(chart: str, sets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each of these values comes to: the text of every template, or the error."""
    loaded = helm_python.Chart.load(chart)
    return [_rendered(loaded, **each) for each in sets]


def _rendered(chart: helm_python.Chart, values: dict[str, Any], name: str, namespace: str) -> dict[str, Any]:
    try:
        chart.validate_schema(values)
        return {"texts": chart.render(values, name=name, namespace=namespace)}
    except helm_python.HelmError as error:
        return {"error": str(error)}


def lint(chart: str, sets: list[dict[str, Any]]) -> list[Any]:
    """What `helm lint --strict` has to say of the chart with each of these values."""
    return [helm_python.lint(chart, each["values"], strict=True, namespace=each["namespace"]) for each in sets]


def validate(manifests: list[dict[str, Any]], versions: list[str]) -> list[str]:
    """What is wrong with manifests by the strict schemas of each version of Kubernetes."""
    # It would read the definitions of everything anew for each manifest, which takes most of its time.
    kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)
    return [said for version in versions for each in manifests if (said := _wrong(each, version)) is not None]


def _wrong(manifest: dict[str, Any], version: str) -> str | None:
    if manifest["apiVersion"].startswith(ELSEWHERE):
        return None
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        return f"{version} {manifest['kind']}/{manifest['metadata']['name']}: {error}"
    return None


ORDERS = {"render": render, "lint": lint, "validate": validate}

if __name__ == "__main__":
    answers, sys.stdout = os.fdopen(os.dup(1), "w"), sys.stderr
    order = json.load(sys.stdin)
    json.dump(ORDERS[order.pop("do")](**order), answers)
    answers.close()
