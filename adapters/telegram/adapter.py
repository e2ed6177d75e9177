"""Telegram, whole: what comes in by polling, what goes out through the outbox."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence

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
from adapters.lane import Urgency
from adapters.language import ENGLISH, languages
from adapters.outbox import Outbox
from adapters.presence import Presence
from adapters.retry import for_ever
from adapters.scrub import one_line
from adapters.telegram.api import TelegramApi
from adapters.telegram.budget import Budget
from adapters.telegram.draw import Drawer
from adapters.telegram.poll import Poller
from adapters.telegram.presence import TelegramSigns
from adapters.telegram.receive import Receiver
from adapters.telegram.render import parse_button, render
from adapters.telegram.uploads import Uploads
from adapters.views import View

log = structlog.get_logger()

API_BASE = "https://api.telegram.org"
REFUSED = (
    "Telegram does not accept the token: copy it again from @BotFather (/mybots) into "
    "[telegram] token"
)


_NAME = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_MOST_DESCRIPTION = 256  # characters


def no_menu(_language: str) -> tuple[tuple[str, str], ...]:
    """A `Menu` that offers nothing."""
    return ()


class TelegramAdapter:
    """One bot. *commands* are for Telegram's menu."""

    platform = "telegram"

    def __init__(
        self,
        token: str,
        *,
        api_base: str = API_BASE,
        commands: Menu = no_menu,
        now: Callable[[], float] = time.time,
        on_limited: OnLimited = unheard,
    ) -> None:
        self._token = token
        self._api_base = api_base
        self._commands = commands
        self._now = now
        self._on_limited = on_limited
        self._budget = Budget()
        self._outbox = Outbox(now=now)
        self._poller: Poller | None = None
        self._presence: Presence | None = None
        self._receiving: asyncio.Task[None] | None = None

    @property
    def health(self) -> Health:
        if self._poller is None:
            return Health("starting")
        return self._outbox.told(self._poller.health)

    async def run(self, intake: Intake, screen: Screen) -> None:
        try:
            async with TelegramApi(self._token, self._api_base) as api:
                await self._serve(api, intake, screen)
        except* LoggedOut:
            raise LoggedOut(REFUSED) from None

    async def stop_receiving(self) -> None:
        if self._receiving:
            self._receiving.cancel()
            await asyncio.wait([self._receiving])

    def show(self, address: Address, view: View) -> None:
        self._outbox.put(address, view)
        if self._presence:
            self._presence.see(address, view)

    async def flush(self) -> None:
        await self._outbox.flush()

    async def check(self) -> Mapping[str, str]:
        async with TelegramApi(self._token, self._api_base) as api:
            try:
                me = await api.call("getMe")
            except LoggedOut:
                raise LoggedOut(REFUSED) from None
        return {"name": me["first_name"], "username": f"@{me['username']}"}

    async def _serve(self, api: TelegramApi, intake: Intake, screen: Screen) -> None:
        uploads = Uploads(api)
        drawer = Drawer(
            api,
            self._budget,
            screen,
            render,
            uploads=uploads,
            now=self._now,
            on_limited=self._on_limited,
        )
        self._presence = Presence(TelegramSigns(api, self._budget))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._outbox.run(drawer))
            tasks.create_task(uploads.run())
            tasks.create_task(self._presence.run())
            tasks.create_task(self._introduce(api))
            self._receiving = tasks.create_task(self._receive(api, intake))

    async def _receive(self, api: TelegramApi, intake: Intake) -> None:
        async with asyncio.TaskGroup() as tasks:
            receiver = Receiver(
                intake,
                api,
                parse_button=parse_button,
                answer_callback=lambda query: api.call(
                    "answerCallbackQuery", callback_query_id=query
                ),
                on_reachable=self._reachable,
            )
            self._poller = Poller(
                api,
                intake,
                on_kept=receiver.take,
                on_stranger=lambda chat, hint: tasks.create_task(
                    self._tell_stranger(api, chat, hint)
                ),
            )
            tasks.create_task(receiver.run())
            tasks.create_task(self._poller.run())

    def _reachable(self, chat: str, allowed: bool) -> None:
        if allowed:
            self._outbox.revive(chat)

    async def _tell_stranger(self, api: TelegramApi, chat: str, hint: str) -> None:
        await self._budget.acquire(chat, lambda: Urgency.EDIT)
        try:
            await api.call("sendMessage", chat_id=int(chat), text=hint)
        except AdapterError as error:
            log.info("stranger.not_told", reason=str(error))

    async def _introduce(self, api: TelegramApi) -> None:
        """Make Telegram give us updates by polling, and offer our commands."""
        retrying = for_ever(asyncio.sleep)
        try:
            # Updates are kept: what was sent while we were away is still to be done.
            await retrying(api.call, "deleteWebhook", drop_pending_updates=False)
            for language in languages():
                await retrying(
                    api.call,
                    "setMyCommands",
                    commands=offered(self._commands(language)),
                    language_code=None if language == ENGLISH else language,
                )
        except AdapterError as error:  # of a bad token the poller hears, too
            log.warning("telegram.not_introduced", reason=str(error))


def offered(commands: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """As many as Telegram takes, of those whose names it takes."""
    fit = [
        {"command": name, "description": one_line(words, _MOST_DESCRIPTION) or name}
        for name, words in commands
        if _NAME.fullmatch(name)
    ]
    return fit[:_MOST_COMMANDS]
