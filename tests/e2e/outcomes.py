"""Twenty requests that come to six different ends, and what a server that shows their traces must make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import POLICIES, Routers
from tests.faults import answers, fails
from tests.policy_folders import write_policies
from tests.router_process import RouterProcess
from tests.scripted_engine import ScriptedEngine
from tests.wire_client import post, request_fields
