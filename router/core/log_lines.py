"""Which lines of a decision log are records of requests. The others say first what they are, which is how the log is
written."""

import re
from typing import Final

from router.core import audit, upgrade

_KINDS: Final = "|".join((audit.KIND, upgrade.KIND)).encode()
_BEGINS: Final = re.compile(rb'\s*\{\s*"kind"\s*:\s*"(?:%b)"\s*[,}]' % _KINDS)


def is_record(line: bytes) -> bool:
    """Whether a line is not about what the router did behind a caller's back."""
    return _BEGINS.match(line) is None
