"""A durable step of the program: its name, where it passes, how it is reached.

A step is a passage of a function of the installed program. *drive* names what people do
(`tests.chaos.scenarios`) so that it comes to that. *seamless*: if the bridge alone dies
there, the agent's supervisor keeps the turn: no second call of the model, and nobody is
told of an interruption.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.program import Fuse, Kill, When

BOTH: tuple[When, ...] = ("before", "after")
CHATS = ("telegram", "slack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    name: str  # "a message is kept"
    at: str
    drive: str = "plain"
    match: str = ""
    nth: int = 1
    when: Sequence[When] = BOTH
    on: Sequence[str] = ("telegram",)
    kill: Sequence[Kill] = ("bridge",)
    seamless: bool = False

    def cases(self) -> Iterator["Case"]:
        """Each moment, surface and victim at least once; chaos makes all the pairs."""
        for number in range(max(len(self.when), len(self.on), len(self.kill))):
            yield Case(
                self,
                surface=self.on[number % len(self.on)],
                when=self.when[number % len(self.when)],
                kill=self.kill[number % len(self.kill)],
            )


@dataclass(frozen=True, slots=True)
class Case:
    step: Step
    surface: str
    when: When
    kill: Kill

    def __str__(self) -> str:
        """A sentence: "slack: killed is the bridge before a turn is answered"."""
        whom = {
            "bridge": "the bridge dies",
            "agent": "the agent dies",
            "both": "bridge and agent die",
            "everything": "everything dies",
        }[self.kill]
        return f"{self.surface}: {whom} {self.when} {self.step.name}"

    @property
    def fuse(self) -> Fuse:
        step = self.step
        return Fuse(
            at=step.at, when=self.when, kill=self.kill, nth=step.nth, match=step.match
        )


def stored(module: str, method: str) -> str:
    return f"store.{module}:{method}"


TELEGRAM = "adapters.telegram.api:TelegramApi._once"
SLACK = "adapters.slack.api:SlackApi._ask"
HEARD = "bot.hearing:Hearing.event"
SESSION = "runner.claude_session:ClaudeSession"
