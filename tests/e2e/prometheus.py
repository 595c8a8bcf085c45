"""A real Prometheus that scrapes a router and works out the rules of the chart, and what it answers."""

import json
import math
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.servers import free_port
from tests.live.pages import fetch
from tests.needed import need
from tests.patience import until
from tests.wire_client import Address

CHART = Path(__file__).resolve().parents[2] / "helm/tandem"
PROGRAM = Path(shutil.which("prometheus") or "/usr/bin/prometheus")
READY_WITHIN_S = 30.0
EVERY = "1s"


class Prometheus:
    """One that runs, at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def values(self, query: str) -> Sequence[float]:
        """What a query finds, each series by its latest value; what is no number is left out. Fails where the query is
        none."""
        found = self._get("query", query=query)["result"]
        return [value for each in found if math.isfinite(value := float(each["value"][1]))]

    def examples(self, query: str) -> set[str]:
        """The traces that the buckets of a query point to."""
        found = self._get("query_exemplars", query=query, start="0", end="9999999999")
        return {each["labels"]["trace_id"] for series in found for each in series["exemplars"]}

    def faults(self) -> Sequence[str]:
        """The rules that could not be worked out, and why."""
        groups = self._get("rules")["groups"]
        return [
            f"{rule['name']}: {rule['lastError']}" for each in groups for rule in each["rules"] if "lastError" in rule
        ]

    def _get(self, what: str, **asked: str) -> Any:
        url = f"{self.address}/api/v1/{what}?{urllib.parse.urlencode(asked)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{asked}: {error.read().decode()}") from None


@contextmanager
def prometheus(folder: Path, scraped: Address) -> Iterator[Prometheus]:
    """A Prometheus that scrapes the admin listener at this address once a second."""
    need(PROGRAM, "prometheus is missing: `apt-get install -y prometheus`")
    config, address = folder / "prometheus.json", f"127.0.0.1:{free_port()}"
    target = {"job_name": "tandem", "static_configs": [{"targets": [f"{scraped.host}:{scraped.port}"]}]}
    rules = {"rule_files": [str(path) for path in sorted((CHART / "rules").glob("*.yaml"))]}
    usual = {"global": {"scrape_interval": EVERY, "evaluation_interval": EVERY}}
    config.write_text(json.dumps({**usual, **rules, "scrape_configs": [target]}))
    options = (
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--enable-feature=exemplar-storage",
    )
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("HTTP")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PROGRAM, *options], stdout=log, stderr=subprocess.STDOUT, env=environment)
    try:
        until(lambda: fetch(f"http://{address}/-/ready").status == 200, READY_WITHIN_S)
        yield Prometheus(f"http://{address}")
    finally:
        process.terminate()
        process.wait(15)
