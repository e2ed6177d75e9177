"""From the first event to the last: recover, serve, leave nothing behind."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from adapters.base import Adapter, AdapterError, Intake, LoggedOut, Screen
from bot.access import Access
from bot.announcing import Announcing
from bot.audit import witness
from bot.dispatcher import Dispatcher
from bot.git import GitError
from bot.intake import PlatformIntake
from bot.recovery import recover
from bot.shared import Shared
from runner.base import Runner

log = structlog.get_logger()

#: How long the last views may take to reach the screens once Parley has to end.
FLUSH_S = 1.5
MEASURE_S = 10.0


async def serve(
    adapters: Sequence[Adapter],
    *,
    shared: Shared,
    access: Access,
    stop: asyncio.Event,
    again: Callable[[], bool] = lambda: False,
    surface: Callable[[Dispatcher], Adapter] | None = None,
) -> None:
    """Recover, serve until *stop* is set, then let nothing be lost on the way out.

    *again*: the next run follows at once, and agents stay at work for it.
    *surface* makes the platform that looks into the bot itself. Raises `AdapterError`
    if no platform is left.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            dispatcher = Dispatcher(shared=shared, access=access, tasks=tasks)
            adapters = [*adapters, *_surfaces(surface, dispatcher, alone=not adapters)]
            for adapter in adapters:
                shared.screens.add(adapter)
            await recover(shared, dispatcher)
            platforms = Platforms(adapters)
            Announcing(shared, dispatcher, [a.platform for a in adapters], tasks)
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
            keeping = [
                tasks.create_task(_tidy(shared)),
                tasks.create_task(dispatcher.tidy()),
                tasks.create_task(witness(shared.store)),
                tasks.create_task(shared.parking.run()),
                tasks.create_task(shared.pool.watch()),
                tasks.create_task(shared.vitals.run()),
                tasks.create_task(
                    _measure(shared, dispatcher, [a.platform for a in adapters])
                ),
            ]
            log.info("parley.started", platforms=[a.platform for a in adapters])
            # What is there now stays; to look through it stops everything for 100 ms.
            gc.collect()
            gc.freeze()
            await stop.wait()
            log.info("parley.stopping")
            going_on = again()
            if going_on:
                shared.runner.release()
            else:
                shared.runner.hurry()
            await _leave(adapters, dispatcher, going_on=going_on)
            if not going_on:
                await _end_others(shared.runner)
            for task in (*running, *keeping):
                task.cancel()
    except* AdapterError as group:
        raise group.exceptions[0] from None
    log.info("parley.stopped")


def _surfaces(
    surface: Callable[[Dispatcher], Adapter] | None,
    dispatcher: Dispatcher,
    *,
    alone: bool,
) -> list[Adapter]:
    """Messengers are not kept from working by a page that cannot be served."""
    try:
        return [surface(dispatcher)] if surface else []
    except AdapterError as error:
        if alone:
            raise
        log.error("web.off", reason=str(error))  # noqa: TRY400 - no fault of ours
        return []


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


async def _leave(
    adapters: Sequence[Adapter], dispatcher: Dispatcher, *, going_on: bool
) -> None:
    """Take nothing more in, show what there is to show, end the agents.

    *going_on*: not the agents, so nobody is told of an interruption.
    """
    for adapter in adapters:
        await adapter.stop_receiving()
    if not going_on:
        dispatcher.suspend()
    flushing = asyncio.gather(*(adapter.flush() for adapter in adapters))
    closing = asyncio.create_task(dispatcher.close())
    try:
        async with asyncio.timeout(FLUSH_S):
            await flushing
    except TimeoutError:
        log.warning("parley.left_unshown", hint="it is on disk and shown at the start")
    await closing


async def _end_others(runner: Runner) -> None:
    """Agents of an earlier run, if the end came before they were taken up."""
    left = await runner.living()
    await asyncio.gather(*(runner.abandon(session_id) for session_id in left))


async def _measure(
    shared: Shared, dispatcher: Dispatcher, platforms: Sequence[str]
) -> None:
    """What is only known by looking."""
    while True:
        backlog = {one.platform: one for one in await shared.store.backlog()}
        for platform in platforms:
            found = backlog.get(platform)
            shared.metrics.inbox_is(
                platform,
                oldest_kept_at=found.oldest_kept_at if found else None,
                parked=found.parked if found else 0,
            )
        if shared.vitals.nearly_full:
            await shared.store.probe()  # while agents wait for room, we write nothing
        pids = {session.pid for session in dispatcher.sessions().values()}
        shared.metrics.agents_use(await shared.processes.usage(pids))
        await asyncio.sleep(MEASURE_S)


async def _tidy(shared: Shared) -> None:
    """Forget what need not be remembered any more, once a day."""
    while True:
        for path in await shared.store.prune():
            await asyncio.to_thread(Path(path).unlink, missing_ok=True)
        try:
            await shared.snapshots.prune()
        except GitError as error:
            log.info("snapshots.not_pruned", reason=str(error))
        await asyncio.sleep(24 * 3600)
