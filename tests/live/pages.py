"""Pages that are not part of OpenAI's API, and the numbers in those that hold metrics."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_S = 10.0

_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Page:
    """What came back; a status of 0 stands for no answer at all."""

    status: int
    text: str


def fetch(url: str) -> Page:
    """Fetches a page, whatever its status."""
    try:
        with _DIRECTLY.open(url, timeout=TIMEOUT_S) as response:
            return Page(response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, error.read().decode())
    except OSError:
        return Page(0, "")


def post(url: str, fields: Mapping[str, Any]) -> Any:
    """What a page answers to these fields, as JSON both. Raises HTTPError for anything but 200."""
    request = urllib.request.Request(url, json.dumps(fields).encode(), {"content-type": "application/json"})
    with _DIRECTLY.open(request, timeout=TIMEOUT_S) as response:
        return json.load(response)


class Counts:
    """All samples of a page of metrics at one moment."""

    def __init__(self, url: str) -> None:
        families = text_string_to_metric_families(fetch(url).text)
        self._samples = [sample for family in families for sample in family.samples]

    def of(self, name: str, labels: Mapping[str, str]) -> float:
        """The sum of the samples of this name that have these labels; 0 when there is none."""
        return sum(
            sample.value for sample in self._samples if sample.name == name and labels.items() <= sample.labels.items()
        )
