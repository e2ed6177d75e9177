"""`parley doctor`: really calls each part, and says what to do if one is ill."""

import os
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from adapters.base import AdapterError
from adapters.language import ENGLISH
from bot.access import Access
from bot.errors import explain_error
from bot.metrics import Metrics
from bot.parts import access_for, adapters_for, runner_for, workspaces_for
from bot.settings import Settings
from bot.shared import Workspace
from bot.vitals import Vitals
from runner.base import SessionSpec
from runner.errors import RunnerError
from runner.rehearsal import rehearse
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
    yield _disk(settings)
    for workspace in workspaces_for(settings):
        yield _workspace(workspace, made=workspace.path == settings.state / "workspace")
        yield await _sandbox(settings, workspace)
    yield await _agent(settings)
    adapters = adapters_for(settings, access_for(settings), Metrics())
    yield _web(settings, alone=not adapters)
    for adapter in adapters:
        try:
            facts = _facts(await adapter.check())
        except AdapterError as error:
            yield Finding(adapter.platform, False, str(error))
        else:
            yield Finding(adapter.platform, True, facts)
        yield _access(adapter.platform, access_for(settings))


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


def _disk(settings: Settings) -> Finding:
    """Of the nearest folder that there is: the state's may have yet to be made."""
    state = settings.state.absolute()
    folder = next(each for each in (state, *state.parents) if each.is_dir())
    vitals = Vitals(folder)
    words = vitals.nearly_full
    return Finding("disk", not words, words or f"{vitals.free() / 1e6:.0f} MB free")


def _workspace(workspace: Workspace, *, made: bool) -> Finding:
    part = f"project {workspace.name}"
    if made:
        return Finding(part, True, f"{workspace.path} (made when needed)")
    if not workspace.path.is_dir():
        return Finding(
            part,
            False,
            f"{workspace.path} is not a folder; correct "
            f"[projects.{workspace.name}] path",
        )
    return Finding(part, True, str(workspace.path))


async def _sandbox(settings: Settings, workspace: Workspace) -> Finding:
    """Tried out: in a folder of its own if the project's is yet to be made."""
    part = f"sandbox of {workspace.name}"
    if workspace.sandbox is None:
        return Finding(
            part,
            True,
            "not sandboxed: the agent may do what the user may that Parley runs as "
            f"([projects.{workspace.name}] sandbox)",
        )
    with TemporaryDirectory(prefix="parley-doctor-") as folder:
        there = workspace.path.is_dir()
        spec = SessionSpec(
            session_id=str(uuid.uuid4()),
            workspace=workspace.path if there else Path(folder),
            sandbox=workspace.sandbox,
        )
        try:
            await rehearse(spec, os.environ, state=settings.state)
            async with runner_for(settings).open(spec):
                pass
        except RunnerError as error:
            return Finding(part, False, explain_error(error, ENGLISH))
    return Finding(
        part, True, "bubblewrap; the agent starts in it, writing outside is refused"
    )


async def _agent(settings: Settings) -> Finding:
    runner = runner_for(settings)
    try:
        return Finding(runner.agent, True, _facts(await runner.check()))
    except RunnerError as error:
        return Finding(runner.agent, False, explain_error(error, ENGLISH))


def _web(settings: Settings, *, alone: bool) -> Finding:
    if settings.web.listen:
        words = f"the chat page is at http://{settings.web.listen}"
        if alone:
            words += "; no messenger is connected yet, the README has the steps"
        return Finding("web", True, words)
    if alone:
        return Finding(
            "web",
            False,
            "off, and no messenger is connected: give [web] listen an address, or put "
            "a bot's token into config.toml ([telegram] token, or [slack] bot_token)",
        )
    return Finding("web", True, "off")


def _access(platform: str, access: Access) -> Finding:
    people = len(access.people(platform))
    if not people:
        return Finding(
            f"{platform} access",
            False,
            f"nobody may use the bot yet: put your id under [access] {platform}; "
            "write to the bot and it tells you the id",
        )
    who = "1 person" if people == 1 else f"{people} people"
    return Finding(f"{platform} access", True, who)


def _facts(facts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {fact}" for name, fact in facts.items())
