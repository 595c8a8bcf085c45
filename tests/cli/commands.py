"""The `tandem` command as tests run it."""

from typing import Any

from typer.testing import CliRunner, Result

from router.cli import app


def tandem(*arguments: Any, given: str | bytes | None = None) -> Result:
    """Runs the command; `given` is what it finds on standard input."""
    return CliRunner().invoke(app, [str(each) for each in arguments], input=given)


def succeeded(result: Result) -> str:
    """What a command that ended with 0 printed."""
    assert (result.exit_code, result.exception) == (0, None), result.output
    return result.stdout


def ended(result: Result, code: int) -> Result:
    """A command that ended as it should, with this code and without a stack."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


def errors(result: Result) -> list[str]:
    """What a command said is wrong, a line each."""
    return [line.removeprefix("error: ") for line in result.stderr.splitlines() if line.startswith("error: ")]
