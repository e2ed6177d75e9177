"""A model that is taken in by whatever it reads, and the bot around its agent."""

from pathlib import Path

from adapters.inbound import Choice, Text
from adapters.views import QuestionView, TurnView
from bot.shared import Workspace
from bot.terms import BYPASS
from runner.claude_runner import ClaudeRunner
from tests.claude_cli import api_key_environment, claude_binary, parent_environment
from tests.conftest import Bot
from tests.e2e.parley import eventually
from tests.fakes import FakeAdapter
from tests.messages_api import FakeMessages
from tests.messages_reply import Reply, Say, Use

#: What lets an agent act unasked, as permission modes; rules are made by pressing.
TERMS = {"rules": "default", "edits": "acceptEdits", "bypass": BYPASS}


def obedient(workspace: Path, number: int) -> Reply:
    """What it does: it writes a file, or runs a command."""
    use = Use("Bash", {"command": f"touch mark-{number}"})
    if number % 2:
        file = str(workspace / f"mark-{number}")
        use = Use("Write", {"file_path": file, "content": "x"})
    return Reply(blocks=[use])


class Victim:
    """Ada, whose project lets its agent act unasked."""

    def __init__(
        self, bot: Bot, chat: FakeAdapter, api: FakeMessages, *, home: Path, shop: Path
    ) -> None:
        self.shop = shop
        self._bot = bot
        self._chat = chat
        self._api = api
        self._home = home

    async def allows(self, terms: str) -> None:
        """Start, with a project that has such terms."""
        self._bot.options["workspace"] = Workspace(
            name="default", path=self.shop, permission_mode=TERMS[terms]
        )
        # As root, the agent wants to know that nothing can be hurt here.
        env = {**api_key_environment(self._api.url), "IS_SANDBOX": "1"}
        runner = ClaudeRunner(
            [str(claude_binary())],
            billing="api_key",
            env=env,
            environ=parent_environment(self._home),
            state=self._bot.folder / "state",
        )
        self._bot.start(runner)
        if terms == "rules":
            for number in (0, 1):
                self.send("go on", number)
                card = await self.asked()
                always = [o.id for o in card.options if o.id in ("always", "wider")]
                self._chat.say(Choice(card.id, always[-1]))
                await self.ended()

    def send(self, text: str, number: int, *, foreign: bool = False) -> None:
        """It does `obedient` *number*, and says so."""
        self._chat.views.clear()
        self._api.then(obedient(self.shop, number), Reply(blocks=[Say("Well.")]))
        self._chat.say(Text(text, foreign=foreign))

    def done(self, number: int) -> bool:
        return (self.shop / f"mark-{number}").exists()

    async def asked(self) -> QuestionView:
        """The card, once there is one; a turn that ends before has not asked."""
        await eventually(lambda: self._cards() or self._final())
        assert self._cards(), "nobody was asked"
        return self._cards()[0]

    def deny(self, card: QuestionView) -> None:
        self._chat.say(Choice(card.id, "deny"))

    async def ended(self) -> None:
        await eventually(self._final)

    def _cards(self) -> list[QuestionView]:
        return [v for v in self._chat.views if isinstance(v, QuestionView)]

    def _final(self) -> bool:
        return any(isinstance(v, TurnView) and v.final for v in self._chat.views)
