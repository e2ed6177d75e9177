"""`parley doctor`: really calls each part, and says what to do if one is ill."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from adapters.base import AdapterError
from bot.config import Settings
from bot.main import adapters_for, runner_for, workspace_for
from runner.base import RunnerError
from store.database import StoreError, StoreInUse
from store.store import Store


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    well: bool
    words: str  # facts if it is well, what to do if not


async def examine(settings: Settings, out: TextIO) -> bool:
    """Write one line for each part; whether all are well."""
    well = True
    async for finding in _findings(settings):
        well = well and finding.well
        out.write(f"{'✓' if finding.well else '✗'} {finding.part}: {finding.words}\n")
        out.flush()
    return well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    yield Finding("config", True, "read without mistakes")
    yield await _store(settings)
    yield _workspace(settings)
    yield await _agent(settings)
    for adapter in adapters_for(settings):
        try:
            facts = _facts(await adapter.check())
        except AdapterError as error:
            yield Finding(adapter.platform, False, str(error))
        else:
            yield Finding(adapter.platform, True, facts)
    yield _access(settings)


async def _store(settings: Settings) -> Finding:
    try:
        async with Store.open(settings.store.path) as store:
            facts = _facts(await store.check())
            parked = await store.parked()
    except StoreInUse as error:
        return Finding("store", True, f"in use by a running Parley ({error})")
    except StoreError as error:
        return Finding("store", False, str(error))
    aside = [f"; unreadable and kept aside: {p.event_id} ({p.reason})" for p in parked]
    return Finding("store", True, facts + "".join(aside))


def _workspace(settings: Settings) -> Finding:
    workspace = workspace_for(settings)
    if settings.project.path is None:
        return Finding("workspace", True, f"{workspace.path} (made when needed)")
    if not workspace.path.is_dir():
        return Finding(
            "workspace",
            False,
            f"{workspace.path} is not a folder; correct [projects.default] path",
        )
    return Finding("workspace", True, str(workspace.path))


async def _agent(settings: Settings) -> Finding:
    runner = runner_for(settings)
    try:
        return Finding(runner.agent, True, _facts(await runner.check()))
    except RunnerError as error:
        return Finding(runner.agent, False, str(error))


def _access(settings: Settings) -> Finding:
    if settings.telegram.token is None:
        return Finding(
            "telegram",
            False,
            "off: put a bot's token into config.toml ([telegram] token); "
            "@BotFather gives you one",
        )
    people = len(settings.access.telegram)
    if not people and not settings.access.admins:
        return Finding(
            "access",
            False,
            "nobody may use the bot yet: put your numeric id under [access] telegram; "
            "write to the bot and it tells you the id",
        )
    return Finding("access", True, f"{people} people on Telegram")


def _facts(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {fact}" for name, fact in facts.items())
