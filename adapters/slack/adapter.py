"""Slack, whole: what comes in by socket or HTTP, what goes out through the outbox."""

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import NoReturn

import structlog

from adapters.base import (
    AdapterError,
    Health,
    Intake,
    LoggedOut,
    Menu,
    OnLimited,
    Screen,
    unheard,
)
from adapters.inbound import Address
from adapters.outbox import Outbox
from adapters.presence import Presence
from adapters.retry import PASSING, for_ever
from adapters.slack.api import API_BASE, Me, SlackApi
from adapters.slack.channels import Channels
from adapters.slack.check import check, whoami
from adapters.slack.draw import CADENCE, Drawer, lane_of
from adapters.slack.gate import Gate
from adapters.slack.ingress import Ingress
from adapters.slack.people import People, Rooms
from adapters.slack.receive import Receiver
from adapters.slack.reconcile import Reconciler
from adapters.slack.root import Roots
from adapters.slack.signs import AtWork, SlackSigns
from adapters.slack.sockets import Sockets
from adapters.slack.web import Web
from adapters.slack.whisper import Whisper, whisper
from adapters.views import TurnView, View

log = structlog.get_logger()


class SlackAdapter:
    """One app in one workspace.

    It is reached through *app_token* (Socket Mode) or, signed with *signing_secret*, by
    HTTP on *listen* (host:port). *people* are those who may use it.
    """

    platform = "slack"

    def __init__(
        self,
        bot_token: str,
        *,
        commands: Menu,
        app_token: str | None = None,
        signing_secret: str | None = None,
        listen: str = "127.0.0.1:0",
        api_base: str = API_BASE,
        outsiders: bool = False,
        people: Collection[str] = (),
        on_limited: OnLimited = unheard,
        now: Callable[[], float] = time.time,
        ask_again_s: float = 60.0,
    ) -> None:
        self._ask_again_s = ask_again_s
        self._bot_token = bot_token
        self._commands = commands
        self._app_token = app_token
        self._signing_secret = signing_secret
        self._listen = listen
        self._api_base = api_base
        self._outsiders = outsiders
        self._allowed = people
        self._on_limited = on_limited
        self._now = now
        self._outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=now)
        self._at_work = AtWork()
        self._presence: Presence | None = None
        self._directly: Callable[[Address, View], object] = nowhere
        self._door: Sockets | Web | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._trouble = ""  # for the operator: why nothing can go either way

    @property
    def health(self) -> Health:
        if self._trouble:
            return Health("down", self._trouble)
        if self._door is None:
            return Health("starting")
        return self._outbox.told(self._door.health)

    async def run(self, intake: Intake, screen: Screen) -> None:
        try:
            async with SlackApi(
                self._bot_token, self._api_base, on_limited=self._on_limited
            ) as api:
                me: Me = await for_ever(asyncio.sleep)(self._whoami, api)
                await self._serve(api, me, intake, screen)
        except* LoggedOut as refusals:
            self._trouble = str(innermost(refusals))
            raise LoggedOut(self._trouble) from None

    async def stop_receiving(self) -> None:
        if self._receiving:
            self._receiving.cancel()
            await asyncio.wait([self._receiving])

    def show(self, address: Address, view: View) -> None:
        if is_person(address.chat):
            self._directly(address, view)
            return
        self._outbox.put(address, view)
        if isinstance(view, TurnView):
            self._at_work.see(address, view)
        if self._presence:
            self._presence.see(address, view)

    async def flush(self) -> None:
        await self._outbox.flush()

    async def check(self) -> Mapping[str, str]:
        async with SlackApi(self._bot_token, self._api_base) as api:
            return await check(api, self._app_token)

    async def _serve(
        self, api: SlackApi, me: Me, intake: Intake, screen: Screen
    ) -> None:
        roots = Roots(api, screen)
        self._presence = Presence(SlackSigns(api, roots, self._at_work))
        async with asyncio.TaskGroup() as tasks:
            self._directly = lambda address, view: tasks.create_task(
                self._show_person(api, address, view)
            )
            drawer = Drawer(api, screen, me, spawn=tasks.create_task, now=self._now)
            tasks.create_task(self._outbox.run(drawer))
            tasks.create_task(self._presence.run())
            self._receiving = tasks.create_task(
                self._receive(api, me, intake, screen, roots)
            )

    async def _show_person(self, api: SlackApi, address: Address, view: View) -> None:
        """In the channel where we talk to them alone; best effort, it may be barred."""
        try:
            channel = await Channels(api, sleep=asyncio.sleep).direct(address.chat)
        except AdapterError as error:
            log.warning("slack.person_not_told", reason=str(error))
        else:
            self.show(replace(address, chat=channel), view)

    async def _whoami(self, api: SlackApi) -> Me:
        try:
            me = await whoami(api)
        except PASSING as error:
            self._trouble = f"no connection to Slack ({error})"
            log.warning("slack.unreachable", reason=str(error))
            raise
        self._trouble = ""
        return me

    async def _receive(
        self, api: SlackApi, me: Me, intake: Intake, screen: Screen, roots: Roots
    ) -> None:
        kept_until = await intake.last_kept_at()
        people = People(api)
        gate = Gate(intake, people, Rooms(api), me, outsiders=self._outsiders)
        receiver = Receiver(
            intake,
            api,
            me,
            screen,
            names=people,
            commands=self._commands,
            roots=roots,
            engage=gate.engage,
            busy=self._at_work.threads,
        )
        async with asyncio.TaskGroup() as tasks:

            def whispered(what: Whisper) -> None:
                tasks.create_task(say_to(api, people, what))

            ingress = Ingress(
                api,
                intake,
                gate,
                on_kept=receiver.take,
                on_now=receiver.now,
                on_stranger=whispered,
                on_joined=self._outbox.revive,
                on_revoked=api.refused.set,
            )
            reconciler = Reconciler(
                api, intake, gate, ingress, me, kept_until=kept_until
            )
            self._door = self._way_in(api, ingress, reconciler)
            tasks.create_task(people.warm(self._allowed))
            tasks.create_task(receiver.run())
            tasks.create_task(reconciler.run())
            tasks.create_task(self._door.run())
            tasks.create_task(self._guard_token(api, reconciler))

    async def _guard_token(self, api: SlackApi, reconciler: Reconciler) -> NoReturn:
        """What was taken back may be given again: then all goes on where it stood."""
        while True:
            await api.refused.wait()
            since = time.time()
            while api.refused.is_set():
                await self._ask_again(api)
            self._trouble = ""
            log.info("slack.accepted_again")
            reconciler.missed(since)

    async def _ask_again(self, api: SlackApi) -> None:
        try:
            await whoami(api)
        except AdapterError as error:
            if str(error) != self._trouble:
                log.error("slack.signed_out", reason=str(error))  # noqa: TRY400
            self._trouble = str(error)
            await asyncio.sleep(self._ask_again_s)

    def _way_in(
        self, api: SlackApi, ingress: Ingress, reconciler: Reconciler
    ) -> Sockets | Web:
        if self._app_token is not None:
            return Sockets(
                ingress.app, api, self._app_token, on_connected=reconciler.missed
            )
        assert self._signing_secret is not None
        host, _, port = self._listen.rpartition(":")
        return Web(
            ingress.app,
            self._signing_secret,
            host=host,
            port=int(port),
            on_connected=reconciler.missed,
        )


def nowhere(_address: Address, _view: View) -> None:
    """Before we are connected, nobody is written to first."""


async def say_to(api: SlackApi, people: People, what: Whisper) -> None:
    """Whisper in their language, if Slack tells which that is."""
    if what.user:
        await people.warm((what.user,))
    await whisper(api, what, people.language(what.user))


def is_person(chat: str) -> bool:
    return chat.startswith(("U", "W"))


def innermost(error: BaseException) -> BaseException:
    """The first of a group's errors, however deep."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
