"""`python -m tandem_serving.healthcheck`: asks a router whether it is ready, for images that hold no shell and no curl.
Standard library only, so that asking every few seconds costs next to nothing."""

import argparse
import json
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

HERE = "http://127.0.0.1:8081"
TIMEOUT_S = 10.0

IN_ROTATION = ("ready", "degraded", "unavailable")
"""Without a single engine a router still answers from its cache, and with errors that say when to come again; and as
engines are shared, taking it out of use would take out all replicas at once."""

WITH_ENGINES = ("ready", "degraded")


def main(arguments: list[str]) -> int:
    """0: it is ready, as far as was asked; 1: it is not, or it cannot be asked. Says which in one line."""
    options = _parser().parse_args(arguments)
    try:
        status = _readiness(options.admin, options.key_file)
        alive = options.public is None or _get(options.public, "/healthz", {})[0] == 200
    except (OSError, HTTPException, ValueError) as error:
        sys.stderr.write(f"cannot be asked: {error}\n")
        return 1
    sys.stdout.write(f"{status}\n" if alive else f"{status}, but the public listener is not well\n")
    return 0 if alive and status in (WITH_ENGINES if options.engines else IN_ROTATION) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tandem_serving.healthcheck", description=__doc__)
    parser.add_argument("--admin", default=HERE, metavar="URL", help=f"the admin listener; default: {HERE}")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="file with the key that it asks for")
    parser.add_argument("--engines", action="store_true", help="not ready where no engine answers")
    parser.add_argument("--public", metavar="URL", help="a public listener, which is to be well too")
    return parser


def _readiness(admin: str, key_file: Path | None) -> str:
    """The status in `/readyz`. Raises ValueError for an answer that has none."""
    headers = {} if key_file is None else {"authorization": f"Bearer {key_file.read_text().strip()}"}
    code, body = _get(admin, "/readyz", headers)
    answer = json.loads(body)
    if not isinstance(answer, dict) or not isinstance(status := answer.get("status"), str):
        raise ValueError(f"/readyz answered {code} without a status; is the key right?")
    return status


def _get(url: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    split = urlsplit(url)
    connection = HTTPConnection(split.hostname or "", split.port or 80, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
