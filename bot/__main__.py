"""The command line: `parley run`, `parley doctor`, `parley slack manifest`."""

import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from adapters.base import LoggedOut
from adapters.slack.manifest import manifest
from bot import config, doctor, log
from bot.config import Settings
from bot.errors import ConfigError
from bot.main import NothingToServe, run
from store.database import StoreError

USAGE_ERROR = 2
FIRST_STEPS = """\
Parley has nobody to talk to yet. Connect it to Telegram (for Slack, see the README):

  1. In Telegram, write to @BotFather: /newbot, and copy the token it gives you.
  2. Copy config.example.toml to config.toml; put the token under [telegram].
  3. Put your numeric Telegram id under [access] (@userinfobot tells it; or just write
     to your bot: it answers strangers with their id).
  4. Start Parley again."""

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False
)
slack_app = typer.Typer(no_args_is_help=True, help="What Slack needs to know of us.")
app.add_typer(slack_app, name="slack")
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
    log.set_up(config.secrets(settings))
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
    settings = _settings(file)
    try:
        asyncio.run(run(settings))
    except NothingToServe:
        _stop(FIRST_STEPS, USAGE_ERROR)
    except LoggedOut as error:
        _stop(f"{error}", 1)
    except StoreError as error:
        _stop(f"store: {error}", 1)


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


def main() -> None:
    app()


if __name__ == "__main__":
    main()
