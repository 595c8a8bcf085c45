"""The demo from its first line to its last: opens an installation, shows a page, and stays up to be tried."""

import http.client
import json
import signal
import time
from collections.abc import Sequence

import msgspec
from rich.console import Console

from router.core.errors import FileError
from tandem_serving.demo.distribution import Routed, distribution
from tandem_serving.demo.installation import Installation, open_installation
from tandem_serving.demo.options import Options
from tandem_serving.demo.playing import Played, play_showcase, route_prompts
from tandem_serving.demo.processes import STOP_SIGNALS, DemoError
from tandem_serving.demo.progress import bar, open_notes
from tandem_serving.demo.prompts import PromptsError, read_prompts
from tandem_serving.demo.showcase import SHOWCASE
from tandem_serving.demo.snippets import snippets
from tandem_serving.demo.table import open_page, showcase_objects, showcase_table

DONE, UNEXPECTED, INTERRUPTED = 0, 1, 130
LOOK_INTERVAL_S = 0.5


def run_demo(options: Options) -> int:
    """Runs it and returns its exit code: 0 when all was as expected, 1 when not, 130 when stopped before its page."""
    notes = open_notes()
    _stop_as_by_keyboard()
    try:
        prompts = read_prompts(options.prompts) if options.prompts is not None else ()
        with open_installation(options.profile, notes.print) as installation:
            code = _show(options, prompts, installation, notes)
            if not options.once:
                _stay_up(installation, notes)
            return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except (DemoError, PromptsError, FileError, OSError, http.client.HTTPException) as error:
        notes.print(f"error: {error}", soft_wrap=True)
        return UNEXPECTED


def _stop_as_by_keyboard() -> None:
    """A demo that is told to end, or whose terminal is closed, stops its processes as after Ctrl-C."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.default_int_handler)


def _show(options: Options, prompts: Sequence[str], installation: Installation, notes: Console) -> int:
    if prompts:
        return _show_distribution(options, prompts, installation, notes)
    return _show_showcase(options, installation, notes)


def _show_showcase(options: Options, installation: Installation, notes: Console) -> int:
    notes.print(f"sending {len(SHOWCASE)} requests")
    with bar(notes, len(SHOWCASE)) as step:
        played = play_showcase(SHOWCASE, installation, step)
    surprising = sum(1 for each in played if each.surprises)
    if options.as_json:
        print(json.dumps(showcase_objects(played)))  # noqa: T201 - the page
    else:
        _print_showcase(played, surprising)
    return UNEXPECTED if surprising else DONE


def _print_showcase(played: Sequence[Played], surprising: int) -> None:
    page = open_page()
    page.print(showcase_table(played))
    took_s = sum(each.reply.elapsed_s for each in played)
    judged = f"{surprising} not as expected" if surprising else "all as expected"
    page.print(f"{len(played)} requests in {took_s:.1f} s, {judged}. No model ran: engines and answers are simulated.")


def _show_distribution(options: Options, prompts: Sequence[str], installation: Installation, notes: Console) -> int:
    notes.print(f"sending {len(prompts)} prompts")
    with bar(notes, len(prompts)) as step:
        routed = route_prompts(prompts, installation, step)
    if options.as_json:
        print(json.dumps([_as_object(each) for each in routed]))  # noqa: T201 - the page
    else:
        open_page().print("\n".join(distribution(routed)), soft_wrap=True)
    return DONE if all(each.record.outcome == "served" for each in routed) else UNEXPECTED


def _as_object(routed: Routed) -> dict[str, object]:
    return {"prompt": routed.prompt, "record": msgspec.to_builtins(routed.record)}


def _stay_up(installation: Installation, notes: Console) -> None:
    """Until Ctrl-C. Raises DemoError when a process ends by itself."""
    notes.print(f"\n{snippets(installation.address, installation.client.key)}\n", soft_wrap=True)
    notes.print(f"The router's own API: {installation.admin_address}/docs. Ctrl-C stops everything.")
    try:
        while True:
            installation.raise_if_ended()
            time.sleep(LOOK_INTERVAL_S)
    except KeyboardInterrupt:
        notes.print("stopping")
