"""`tandem policy`: policies as code. What concerns the files themselves is here; `policy_explain` and `policy_compare`
ask policies about requests, `live` asks a running router."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from router.cli.live import add_commands as add_live_commands
from router.cli.output import AsJson, refuse
from router.cli.policy_compare import cover_policies, diff_policies
from router.cli.policy_explain import explain_requests
from router.cli.policy_options import POLICIES, ClassifierFolder
from router.cli.screen import ended_by_errors, warn

if TYPE_CHECKING:
    from router.config.policies.policy_set import LoadedPolicy

policy = typer.Typer(no_args_is_help=True, help="Policies.")

Paths = Annotated[list[Path], typer.Argument(help="policy files, or folders of them", metavar="PATH...")]


@policy.command("check")
def check_policies(paths: Paths, classifier: ClassifierFolder = None, as_json: AsJson = False) -> None:
    """Says everything that loading would refuse, failing cases included; 1 when there is anything."""
    from router.review.inspection import inspect_paths
    from router.review.usual import read_usual_beside

    with ended_by_errors():
        found = inspect_paths(paths, read_usual_beside(paths, classifier))
    if as_json:
        versions = [{"file": str(each.file.path), "version": each.policy.version} for each in found.policies]
        places = {"errors": _places(found.errors), "warnings": _places(found.warnings)}
        typer.echo(json.dumps({"policies": versions, **places}))
        raise typer.Exit(1 if found.errors else 0)
    for each in found.policies:
        typer.echo(f"{each.file.path}: {each.policy.version}")
    warn(found.warnings)
    if found.errors:
        refuse(found.errors)


@policy.command("test")
def run_cases_of_policies(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="policy files, or folders of them; default: policies", metavar="PATH...")
    ] = None,
    classifier: ClassifierFolder = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="list the cases that pass, too")] = False,
    as_json: AsJson = False,
) -> None:
    """Runs the cases beside policies; 1 when one fails, or when there are none."""
    from router.review.sources import read_sources
    from router.review.usual import read_usual_beside

    chosen = paths or [POLICIES]
    with ended_by_errors():
        policies = read_sources(chosen, read_usual_beside(chosen, classifier))
    results = [result for each in policies for result in each.results]
    failed = sum(bool(result.failures) for result in results)
    if as_json:
        typer.echo(json.dumps([case for each in policies for case in _case_objects(each)]))
    else:
        _list_cases(policies, verbose=verbose)
        typer.echo(f"{len(results) - failed} passed, {failed} failed")
    if not results:
        typer.echo("error: no cases were found: write some into cases/<policy>.yaml beside the policy", err=True)
    raise typer.Exit(1 if failed or not results else 0)


@policy.command("schema")
def write_schema(
    folder: Annotated[Path, typer.Argument(help="the folder of policies", metavar="FOLDER")] = POLICIES,
    check: Annotated[bool, typer.Option("--check", help="write nothing; 1 when a schema is stale")] = False,
    as_json: AsJson = False,
) -> None:
    """Writes the JSON Schemas by which editors complete and check policies, cases and rollouts."""
    from router.config.policies.policy_schema import stale_schemas, write_schemas

    with ended_by_errors():
        paths = stale_schemas(folder) if check else write_schemas(folder)
    if as_json:
        typer.echo(json.dumps({"stale" if check else "written": [str(path) for path in paths]}))
    else:
        for path in paths:
            typer.echo(f"{path}: is stale; run `tandem policy schema {folder}`" if check else str(path))
    raise typer.Exit(1 if check and paths else 0)


@policy.command("names")
def names(as_json: AsJson = False) -> None:
    """Prints every name a condition may use, with its type and meaning."""
    from router.core.facts import FACTS_AFTERWARDS

    if as_json:
        rows = [{"name": each.name, "type": each.type, "meaning": each.meaning} for each in FACTS_AFTERWARDS.values()]
        typer.echo(json.dumps(rows))
        return
    for fact in FACTS_AFTERWARDS.values():
        typer.echo(f"{fact.name:<28} {fact.type:<14} {fact.meaning}")


policy.command("explain")(explain_requests)
policy.command("diff")(diff_policies)
policy.command("coverage")(cover_policies)
add_live_commands(policy)


def _places(errors: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"file": each.file, "line": each.line, "column": each.column, "message": each.said} for each in errors]


def _list_cases(policies: Sequence["LoadedPolicy"], *, verbose: bool) -> None:
    from router.review.words import count_words

    for each in policies:
        typer.echo(f"{each.policy.version}: {count_words(len(each.results), 'case')}")
        for result in each.results:
            if verbose and not result.failures:
                typer.echo(f"  ok      {result.case.name}")
            for failure in result.failures:
                typer.echo(f"  FAILED  {failure.message}")


def _case_objects(loaded: "LoadedPolicy") -> list[dict[str, Any]]:
    return [
        {
            "policy": loaded.policy.version,
            "case": result.case.name,
            "file": "" if loaded.cases is None else str(loaded.cases.file.path),
            "line": result.line,
            "passed": not result.failures,
            "failures": _places(result.failures),
        }
        for result in loaded.results
    ]
