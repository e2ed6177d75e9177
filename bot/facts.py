"""How Parley is, in words: its agent, its platforms, whether it is ready."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import structlog

from adapters.base import Health
from adapters.language import ENGLISH
from adapters.web.values import Surface
from bot.errors import explain_error, in_words
from bot.shared import Shared
from runner.errors import RunnerError
from store.database import StoreError

log = structlog.get_logger()

LOOK_AGAIN_S = 60.0  # for the agent, which is not ours
TOO_OLD_S = 300.0  # a message is taken within a second
TOO_LATE_S = 2.0

ADVICE = {
    "telegram": """\
1. In Telegram write to **@BotFather**: `/newbot`. It gives you a token.
2. Put the token into `config.toml`, under `[telegram]`, and your numeric id under
   `[access]`; the bot tells strangers theirs.
3. Start Parley again.""",
    "slack": """\
1. `parley slack manifest` prints the app's description: create the app from it at
   api.slack.com/apps, and install it.
2. Put its bot token (`xoxb-…`) and an app-level token (`xapp-…`) into `config.toml`,
   under `[slack]`, and your member id under `[access]`.
3. Start Parley again.""",
}


class Facts:
    """*on* are the platforms that are configured. *why_demo*: why the demo agent is in
    use, as a sentence; "" if it is not.
    """

    def __init__(
        self,
        shared: Shared,
        *,
        on: Collection[str],
        why_demo: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._on = frozenset(on)
        self._why_demo = why_demo
        self._store_now = shared.store.impatient
        self._monotonic = monotonic
        self._looked_at = monotonic()
        self._version = ""
        self._trouble = ""  # with the agent, and what to do

    async def look_at_agent(self) -> None:
        """Tell the operator now what people would else find out message by message."""
        runner, before = self._shared.runner, (self._version, self._trouble)
        self._looked_at = self._monotonic()
        try:
            self._version, self._trouble = await runner.ready(), ""
        except RunnerError as error:
            self._version, self._trouble = "", explain_error(error, ENGLISH)
        if before == (self._version, self._trouble):
            return
        if self._trouble:
            log.warning("agent.unwell", agent=runner.agent, reason=self._trouble)
        else:
            log.info("agent.found", agent=runner.agent, version=self._version)

    def agent(self) -> Mapping[str, str]:
        if self._why_demo:
            return {"name": "Parley's demo", "demo": self._why_demo}
        return {"name": self._shared.runner.agent, "version": self._version}

    def surfaces(self) -> Sequence[Surface]:
        health = self._shared.screens.health()
        return [
            Surface(
                platform=platform,
                on=platform in self._on,
                health=health.get(platform),
                advice="" if platform in self._on else advice,
            )
            for platform, advice in ADVICE.items()
        ]

    async def readiness(self) -> Mapping[str, Any]:
        if self._monotonic() - self._looked_at > LOOK_AGAIN_S:
            await self.look_at_agent()  # it may have been updated, or deleted
        parts = {
            "store": await self._store(),
            "agent": self._agent(),
            "inbox": await self._inbox(),
            "disk": self._disk(),
            "loop": self._loop(),
        }
        for platform, health in self._shared.screens.health().items():
            parts[platform] = _platform(health)
        return parts

    def _agent(self) -> dict[str, Any]:
        """Also what its last turns failed with, until one goes well."""
        raised = self._shared.alarms.raised(self._shared.account)
        words = [in_words(phrase, ENGLISH) for phrase in raised]
        found = self._version or self._trouble or "not looked at yet"
        ok = bool(self._version) and not words
        return {"ok": ok, "detail": "; ".join([found, *words])}

    async def _store(self) -> dict[str, Any]:
        if words := self._shared.trouble.words:
            return {"ok": False, "detail": words}
        try:
            await self._store_now.probe()
            totals = await self._store_now.totals()
        except StoreError as error:
            return {"ok": False, "detail": str(error)}
        return {"ok": True, "detail": f"{totals.database_bytes} bytes"}

    async def _inbox(self) -> dict[str, Any]:
        """What came in and was not taken; what nobody can read."""
        try:
            backlog = await self._store_now.backlog()
        except StoreError as error:
            return {"ok": False, "detail": str(error)}
        parked = sum(each.parked for each in backlog)
        kept = [each.oldest_kept_at for each in backlog if each.oldest_kept_at]
        waits_s = max(0.0, self._shared.clock() - min(kept)) if kept else 0.0
        words = [f"the oldest message waits for {waits_s:.0f} s"] if kept else []
        if parked:
            words.append(f"{parked} set aside as unreadable (`parley doctor` has them)")
        return {
            "ok": not parked and waits_s < TOO_OLD_S,
            "detail": "; ".join(words) or "nothing waits",
        }

    def _disk(self) -> dict[str, Any]:
        vitals = self._shared.vitals
        words = vitals.nearly_full
        free = f"{vitals.free() / 1e6:.0f} MB free"
        return {"ok": not words, "detail": words or free}

    def _loop(self) -> dict[str, Any]:
        lag_s = self._shared.vitals.lag_s
        detail = f"at most {lag_s:.3f} s late within the last minute"
        return {"ok": lag_s < TOO_LATE_S, "detail": detail}


def _platform(health: Health) -> dict[str, Any]:
    last = {} if health.last_contact is None else {"last_contact": health.last_contact}
    return {"ok": health.state == "ok", "detail": health.reason or health.state, **last}
