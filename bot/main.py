"""Puts the parts of the program together (`bot.parts`), and runs them."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial

import structlog

from adapters.base import Adapter
from adapters.language import ENGLISH
from adapters.web.hosts import Listen
from bot.desk import Desk
from bot.dispatcher import Dispatcher
from bot.errors import explain_error
from bot.facts import Facts
from bot.log import hide
from bot.parts import access_for, adapters_for, doorman_for, runner_for, shared_for
from bot.restarting import REPLACE
from bot.serving import serve
from bot.settings import Settings
from runner.base import Runner
from runner.demo_runner import demo_runner
from runner.errors import RunnerError
from runner.events import AgentCommand
from store.records import ConversationId
from store.store import Store

log = structlog.get_logger()


class NothingToServe(Exception):
    """No platform is configured, and the page is off."""


async def run(
    settings: Settings, *, demo: bool = False, announce: Callable[[str], object]
) -> bool:
    """Serve until SIGTERM, SIGINT or SIGHUP. *announce* gets the page's link.

    True: until `REPLACE`. The next run is to follow at once, and agents stay at work
    for it. Raises `NothingToServe`, `StoreError`, `AdapterError`.
    """
    if not connected(settings) and not settings.web.listen:
        raise NothingToServe
    stop = asyncio.Event()
    again = asyncio.Event()
    loop = asyncio.get_running_loop()
    ends = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        ends.remove(signal.SIGHUP)  # nohup
    for signum in ends:
        loop.add_signal_handler(signum, stop.set)
    loop.add_signal_handler(REPLACE, _set_all, again, stop)
    async with Store.open(settings.store.path) as store:
        if settings.web.listen:
            hide(doorman_for(settings).secrets)  # perhaps made just now
        runner, why_demo = await runner_in_use(settings, demo=demo)
        access = access_for(settings)
        shared = shared_for(settings, store, runner, access, demo=bool(why_demo))
        adapters = adapters_for(settings, access, shared.metrics)
        facts = Facts(
            shared, on=[adapter.platform for adapter in adapters], why_demo=why_demo
        )
        looking = asyncio.create_task(facts.look_at_agent())
        for adapter in adapters:
            if not access.people(adapter.platform):
                hint = f"put your id under [access] {adapter.platform}"
                log.warning("access.nobody", platform=adapter.platform, hint=hint)

        def web(dispatcher: Dispatcher) -> Adapter:
            from adapters.web.adapter import WebAdapter

            desk = Desk(
                shared=shared,
                dispatcher=dispatcher,
                surfaces=facts.surfaces,
                agent=facts.agent,
                metrics=shared.metrics.render,
                readiness=facts.readiness,
                live=lambda: {
                    number: session.pid
                    for number, session in dispatcher.sessions().items()
                },
                agent_commands=partial(_commands_of, dispatcher),
            )
            return WebAdapter(
                desk,
                doorman_for(settings),
                Listen.parse(settings.web.listen),
                announce=announce,
            )

        await serve(
            adapters,
            shared=shared,
            access=access,
            stop=stop,
            again=again.is_set,
            surface=web if settings.web.listen else None,
        )
        looking.cancel()
    return again.is_set()


def _set_all(*events: asyncio.Event) -> None:
    for event in events:
        event.set()


def _commands_of(dispatcher: Dispatcher, conversation: int) -> Sequence[AgentCommand]:
    session = dispatcher.sessions().get(ConversationId(conversation))
    return session.commands if session else ()


def connected(settings: Settings) -> bool:
    """Whether the configuration switches any messenger on."""
    return settings.telegram.token is not None or settings.slack.bot_token is not None


async def runner_in_use(settings: Settings, *, demo: bool) -> tuple[Runner, str]:
    """The agent; and why it is only a demo, as a sentence, or "".

    Where people come from a messenger, they wait for the real one: a demo answers only
    the page, and only if there is nothing better.
    """
    why = "You asked for the demo (`parley demo`)." if demo else ""
    runner = runner_for(settings)
    if not connected(settings) and not demo:
        try:
            await runner.check()
        except RunnerError as error:
            why = explain_error(error, ENGLISH)
    if not why:
        return runner, ""
    log.warning("agent.demo", reason=why)
    return demo_runner(environ=os.environ, state=settings.state), why
