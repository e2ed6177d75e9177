"""The command line: `parley run`, `parley doctor`, `parley slack manifest`."""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from adapters.base import AdapterError
from adapters.slack.manifest import manifest
from adapters.web import entrance
from bot import audit_command, config, doctor, log
from bot.errors import ConfigError
from bot.hardening import close_to_others
from bot.main import NothingToServe, run
from bot.parts import doorman_for, hidden
from bot.restarting import NotRestarted, restart
from bot.settings import Settings
from store.audit_log import Wanted
from store.database import StoreError

USAGE_ERROR = 2
FIRST_STEPS = """\
Parley has nobody to talk to: no messenger is connected, and the chat page is off.
Give [web] listen an address in config.toml, or connect Telegram or Slack (README)."""
WELCOME = """
  Parley's chat page:  {link}

  The link works once, within 15 minutes; your browser is remembered after that.
  `parley link` makes another."""

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)
slack_app = typer.Typer(no_args_is_help=True, help="What Slack needs to know of us.")
app.add_typer(slack_app, name="slack")
audit_app = typer.Typer(
    no_args_is_help=True, help="Who asked for what, who allowed it, what was done."
)
app.add_typer(audit_app, name="audit")
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Default: ./config.toml, ~/.config/parley/…"),
]


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _settings(file: Path | None) -> Settings:
    try:
        settings = config.load(config.find(file))
    except ConfigError as error:
        _stop(str(error), USAGE_ERROR)
    log.set_up(hidden(settings))
    return settings


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"parley {version('parley')}")
        raise typer.Exit


@app.callback()
def parley(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Say the version."
        ),
    ] = False,
) -> None:
    """A bridge from your messenger to the coding agent on this machine."""


@app.command("run")
def run_command(file: ConfigFile = None) -> None:
    """Serve until told to end (Ctrl-C, SIGTERM)."""
    _serve(_settings(file))


@app.command("demo")
def demo_command(file: ConfigFile = None) -> None:
    """The same with a demo agent: no account needed, and nothing of yours touched."""
    _serve(_settings(file), demo=True)


def _serve(settings: Settings, *, demo: bool = False) -> None:
    def announce(link: str) -> None:
        typer.echo(WELCOME.format(link=link), err=True)

    try:
        if asyncio.run(run(settings, demo=demo, announce=announce)):
            # The same process, so that whatever looks after it sees no end.
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606
    except NothingToServe:
        _stop(FIRST_STEPS, USAGE_ERROR)
    except AdapterError as error:
        _stop(f"{error}", 1)
    except StoreError as error:
        _stop(f"store: {error}", 1)


@app.command("restart")
def restart_command(file: ConfigFile = None) -> None:
    """Have a Parley that runs begin anew, as installed and configured now.

    No turn is interrupted: agents go on meanwhile.
    """
    try:
        pid = restart(_settings(file).store.path)
    except NotRestarted as error:
        _stop(str(error), 1)
    typer.echo(f"Parley {version('parley')} runs, as process {pid}.")


@app.command("link")
def link_command(file: ConfigFile = None) -> None:
    """Print a new link to the chat page of a Parley that runs."""
    settings = _settings(file)
    if not settings.web.listen:
        _stop("The chat page is off: give [web] listen an address.", USAGE_ERROR)
    typer.echo(entrance.link(doorman_for(settings), f"http://{settings.web.listen}"))


@app.command("doctor")
def doctor_command(file: ConfigFile = None) -> None:
    """Try everything Parley needs, and say what to do about what does not work."""
    settings = _settings(file)
    well = asyncio.run(doctor.examine(settings, sys.stdout))
    raise typer.Exit(0 if well else 1)


@slack_app.command("manifest")
def slack_manifest_command(
    file: ConfigFile = None,
    http: Annotated[
        str | None,
        typer.Option(help="https://… where Slack reaches Parley; else Socket Mode."),
    ] = None,
) -> None:
    """Print the app manifest (JSON) to create the Slack app from."""
    if http is not None and not http.startswith("https://"):
        _stop("--http: Slack calls https:// addresses only", USAGE_ERROR)
    command = _settings(file).slack.command
    typer.echo(json.dumps(manifest(command, http), indent=2))


@audit_app.command("verify")
def audit_verify_command(
    file: ConfigFile = None,
    head: Annotated[
        str, typer.Option(help="A hash that the log named `audit.head` at some time.")
    ] = "",
) -> None:
    """Look whether anything was changed, taken out, put in or cut off."""
    head = head.strip().lower()
    if head and not audit_command.DIGEST.fullmatch(head):
        _stop("--head: 64 hexadecimal digits, as the log has them", USAGE_ERROR)
    with _reading():
        path = _settings(file).store.path
        well = audit_command.verify(path, typer.echo, head=head)
    raise typer.Exit(0 if well else 1)


@audit_app.command("show")
def audit_show_command(
    file: ConfigFile = None,
    turn: Annotated[int | None, typer.Option(help="Its number.")] = None,
    conversation: Annotated[int | None, typer.Option(help="Its number.")] = None,
    person: Annotated[str | None, typer.Option(help="Such as telegram:1001.")] = None,
    since: Annotated[
        str | None, typer.Option(help="2026-01-31, 2026-01-31T12:30, 90m, 24h, 7d.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
) -> None:
    """List entries, the newest last."""
    try:
        earliest = audit_command.moment(since) if since else None
    except (ValueError, OverflowError):
        _stop(f"--since: no date, and no time ago: {since}", USAGE_ERROR)
    wanted = Wanted(turn=turn, conversation=conversation, person=person, since=earliest)
    with _reading():
        path = _settings(file).store.path
        audit_command.show(path, typer.echo, wanted=wanted, limit=limit)


@audit_app.command("export")
def audit_export_command(file: ConfigFile = None) -> None:
    """Print all of it as JSON Lines."""
    with _reading():
        audit_command.export(_settings(file).store.path, typer.echo)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        _stop(f"store: {error}", USAGE_ERROR)


def main() -> None:
    close_to_others()
    app()


if __name__ == "__main__":
    main()
