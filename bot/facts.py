"""How Parley is, in words: its agent, its platforms, whether it is ready."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import structlog

from adapters.base import Health
from adapters.language import ENGLISH
from adapters.web.port import Surface
from bot.errors import explain_error
from bot.shared import Shared
from runner.base import RunnerError
from store.database import StoreError

log = structlog.get_logger()

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
        self, shared: Shared, *, on: Collection[str], why_demo: str = ""
    ) -> None:
        self._shared = shared
        self._on = frozenset(on)
        self._why_demo = why_demo
        self._version = ""
        self._trouble = ""  # with the agent, and what to do

    async def look_at_agent(self) -> None:
        """Tell the operator now what people would else find out message by message."""
        runner = self._shared.runner
        try:
            self._version = await runner.ready()
        except RunnerError as error:
            self._trouble = explain_error(error, ENGLISH)
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
        found = self._version or self._trouble or "not looked at yet"
        parts = {
            "store": await self._store(),
            "agent": {"ok": bool(self._version), "detail": found},
        }
        for platform, health in self._shared.screens.health().items():
            parts[platform] = _platform(health)
        return parts

    async def _store(self) -> dict[str, Any]:
        try:
            totals = await self._shared.store.totals()
        except StoreError as error:
            return {"ok": False, "detail": str(error)}
        return {"ok": True, "detail": f"{totals.database_bytes} bytes"}


def _platform(health: Health) -> dict[str, Any]:
    last = {} if health.last_contact is None else {"last_contact": health.last_contact}
    return {"ok": health.state == "ok", "detail": health.reason or health.state, **last}
