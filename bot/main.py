"""The composition root: the one place that names concrete classes."""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import structlog
from pydantic import SecretStr

from adapters.base import Adapter, Intake, LoggedOut, Screen
from adapters.slack.adapter import SlackAdapter
from adapters.telegram.adapter import TelegramAdapter
from bot.access import Access
from bot.commands import COMMANDS
from bot.config import Settings
from bot.dispatcher import Dispatcher
from bot.intake import PlatformIntake
from bot.pool import Pool, fitting_memory
from bot.recovery import recover
from bot.screens import Screens
from bot.shared import Shared, Workspace
from runner.base import Runner, RunnerError
from runner.claude_runner import ClaudeRunner
from store.store import Store

log = structlog.get_logger()

#: How long the last views may take to reach the screens once Parley has to end.
FLUSH_S = 1.5


class NothingToServe(Exception):
    """No platform is configured."""


def adapters_for(settings: Settings) -> list[Adapter]:
    """The platforms the configuration switches on."""
    adapters: list[Adapter] = []
    telegram, slack = settings.telegram, settings.slack
    if telegram.token is not None:
        adapters.append(
            TelegramAdapter(
                telegram.token.get_secret_value(),
                api_base=telegram.api_base,
                commands=COMMANDS,
            )
        )
    if slack.bot_token is not None:
        adapters.append(
            SlackAdapter(
                slack.bot_token.get_secret_value(),
                app_token=_secret(slack.app_token),
                signing_secret=_secret(slack.signing_secret),
                listen=slack.listen,
                api_base=slack.api_base,
                outsiders=slack.outsiders,
                people=access_for(settings).people("slack"),
            )
        )
    return adapters


def _secret(token: SecretStr | None) -> str | None:
    return None if token is None else token.get_secret_value()


def runner_for(settings: Settings) -> Runner:
    claude = settings.agents.claude
    return ClaudeRunner(
        claude.command,
        billing=claude.billing,
        env=claude.env,
        environ=os.environ,
        state=settings.state,
    )


def workspace_for(settings: Settings) -> Workspace:
    project = settings.project
    path = project.path or settings.state / "workspace"
    return Workspace(
        name="default",
        path=path,
        trusted=project.trusted,
        model=project.model,
        permission_mode=project.permission_mode,
    )


def access_for(settings: Settings) -> Access:
    return Access(
        {
            "telegram": [str(person) for person in settings.access.telegram],
            "slack": settings.access.slack,
        },
        admins=settings.access.admins,
    )


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises `NothingToServe`, `StoreError`, `LoggedOut`.
    """
    adapters = adapters_for(settings)
    if not adapters:
        raise NothingToServe
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    async with Store.open(settings.store.path) as store:
        workspace = workspace_for(settings)
        if settings.project.path is None:
            workspace.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        screens = Screens(store)
        shared = Shared(
            store=store,
            screens=screens,
            runner=runner_for(settings),
            pool=Pool(settings.agent.max_processes or fitting_memory()),
            workspace=workspace,
            files=Path(settings.state) / "conversations",
            idle_s=settings.agent.idle_s,
        )
        await serve(adapters, shared=shared, access=access_for(settings), stop=stop)


async def serve(
    adapters: Sequence[Adapter],
    *,
    shared: Shared,
    access: Access,
    stop: asyncio.Event,
) -> None:
    """Recover, serve until *stop* is set, then let nothing be lost on the way out."""
    try:
        async with asyncio.TaskGroup() as tasks:
            dispatcher = Dispatcher(shared=shared, access=access, tasks=tasks)
            for adapter in adapters:
                shared.screens.add(adapter)
            await recover(shared, dispatcher)
            platforms = Platforms(adapters)
            running = [
                tasks.create_task(
                    platforms.run(
                        adapter,
                        PlatformIntake(
                            adapter.platform,
                            shared=shared,
                            access=access,
                            dispatcher=dispatcher,
                        ),
                        shared.screens,
                    ),
                    name=adapter.platform,
                )
                for adapter in adapters
            ]
            tidying = tasks.create_task(_tidy(shared.store))
            tasks.create_task(_look_at_agent(shared.runner))
            if not access.anybody:
                log.warning("access.nobody", hint="put your id under [access]")
            log.info("parley.started", platforms=[a.platform for a in adapters])
            await stop.wait()
            log.info("parley.stopping")
            shared.runner.hurry()
            await _leave(adapters, dispatcher)
            for task in (*running, tidying):
                task.cancel()
    except* LoggedOut as group:
        raise group.exceptions[0] from None
    log.info("parley.stopped")


class Platforms:
    """Those we are connected to: one that throws us out does not end the others."""

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        self._left = len(adapters)

    async def run(self, adapter: Adapter, intake: Intake, screen: Screen) -> None:
        """Until cancelled. Raises `LoggedOut` if no platform is left."""
        try:
            await adapter.run(intake, screen)
        except LoggedOut as error:
            self._left -= 1
            if not self._left:
                raise
            log.error(  # noqa: TRY400 - it is not a fault of ours
                "platform.logged_out", platform=adapter.platform, reason=str(error)
            )


async def _leave(adapters: Sequence[Adapter], dispatcher: Dispatcher) -> None:
    """Take nothing more in, show what there is to show, end the agents."""
    for adapter in adapters:
        await adapter.stop_receiving()
    dispatcher.suspend()
    flushing = asyncio.gather(*(adapter.flush() for adapter in adapters))
    closing = asyncio.create_task(dispatcher.close())
    try:
        async with asyncio.timeout(FLUSH_S):
            await flushing
    except TimeoutError:
        log.warning("parley.left_unshown", hint="it is on disk and shown at the start")
    await closing


async def _look_at_agent(runner: Runner) -> None:
    """Tell the operator at once what people would else find out message by message."""
    try:
        version = await runner.ready()
    except RunnerError as error:
        log.warning("agent.unwell", agent=runner.agent, reason=str(error))
    else:
        log.info("agent.found", agent=runner.agent, version=version)


async def _tidy(store: Store) -> None:
    """Forget what need not be remembered any more, once a day."""
    while True:
        await store.prune()
        await asyncio.sleep(24 * 3600)
