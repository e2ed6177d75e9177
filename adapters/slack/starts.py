"""Slash commands, and tasks made of a message: what begins with a post of ours."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from adapters.base import Intake, Menu
from adapters.inbound import Address, Body, Command, Inbound, MessageRef, Text
from adapters.language import ENGLISH, say
from adapters.scrub import one_line
from adapters.slack.api import Me, SlackApi
from adapters.slack.channels import REFUSALS, Channels
from adapters.slack.errors import NotMember
from adapters.slack.heard import Slash, Task
from adapters.slack.names import Names, introduced
from adapters.slack.openings import Opening, Openings
from adapters.slack.orders import order_behind_slash, place_of
from adapters.slack.root import Root
from adapters.slack.whisper import Words, phrase, whisper, whisper_to
from adapters.slack.words import plain, quoted

log = structlog.get_logger()

QUOTED = 300  # characters of a prompt
#: What Slack calls channels whose names it does not tell.
NAMELESS = {
    "privategroup": "slack-private-channel",
    "directmessage": "slack-direct-message",
}


class Starts:
    """*commands* are those of the menu. *engage* is told of threads in which replies
    are for us; *busy* tells the threads of a channel that are at work.
    """

    def __init__(
        self,
        intake: Intake,
        api: SlackApi,
        me: Me,
        openings: Openings,
        channels: Channels,
        *,
        names: Names,
        commands: Menu,
        engage: Callable[[Address], None],
        busy: Callable[[str], list[Address]],
    ) -> None:
        self._intake = intake
        self._api = api
        self._me = me
        self._openings = openings
        self._channels = channels
        self._names = names
        self._commands = frozenset(name for name, _ in commands(ENGLISH))
        self._engage = engage
        self._busy = busy

    async def slash(self, slash: Slash) -> None:
        slash = replace(slash, sender=await introduced(self._names, slash.sender))
        text = plain(slash.text, self._names.name)
        command = order_behind_slash(text, self._commands)
        if command is None:
            word, _, rest = text.partition(" ")
            prompt = rest.strip() if word.lower() == "new" else text
            await self._begin(slash, prompt, Text(prompt))
            return
        match place_of(command):
            case "fresh":
                fresh = say(slash.sender.language, "slack-fresh")
                await self._begin(slash, fresh, command)
            case "here":
                await self._command(slash, command)
            case "within":
                await self._tell(slash, phrase("slack-in-thread", command=command.name))
                await self._intake.discard((slash.event,))

    async def task(self, task: Task) -> None:
        """Goes on where the message is, if we may write there."""
        task = replace(task, sender=await introduced(self._names, task.sender))
        words, context = task.text.strip(), task.context
        if context.quote:
            words = f"{words}\n\nAbout this message:\n{quoted(context.quote)}"
        said = Text(words, foreign=bool(context.quote))
        channel = context.channel
        if await self._channels.inside(channel) or await self._channels.join(channel):
            thread = self._place(channel, context.thread)
            self._engage(thread)
            # The message is somebody else's: its edits are none of this prompt.
            await self._deliver(task, thread, said)
        else:
            await self._begin(task, words, said)

    async def _command(self, slash: Slash, command: Command) -> None:
        """Answered where it was given, for nobody else to see; else in private."""
        at_work = self._busy(slash.channel) if command.name == "stop" else []
        for thread in at_work:
            await self._deliver(slash, thread, command, private=True)
        if at_work:
            return
        if await self._channels.inside(slash.channel):
            place = self._place(slash.channel)
        else:
            place = self._place(await self._channels.direct(slash.sender.id))
            await self._tell(slash, phrase("slack-answered"))
        await self._deliver(slash, place, command, private=place.chat[0] != "D")

    async def _begin(self, asked: Slash | Task, prompt: str, body: Body) -> None:
        sender = asked.sender
        root = Root(asked.event, one_line(prompt, QUOTED), sender.id, sender.language)
        try:
            thread = await self._opened(asked, root)
        except REFUSALS as error:
            log.warning("start.refused", reason=str(error))
            await self._tell(asked, phrase("slack-refused", reason=str(error)))
            await self._intake.discard((asked.event,))
            return
        self._engage(thread)
        await self._deliver(asked, thread, body, MessageRef(thread.thread))

    async def _opened(self, asked: Slash | Task, root: Root) -> Address:
        if isinstance(asked, Slash):
            with suppress(NotMember):
                return await self._opened_in(asked.channel, asked, root)
            if await self._channels.join(asked.channel):
                with suppress(NotMember):
                    return await self._opened_in(asked.channel, asked, root)
            root = replace(root, prompt=one_line(_from(asked, root.prompt), QUOTED))
        home = await self._channels.direct(asked.sender.id)
        thread = await self._opened_in(home, asked, root)
        await self._tell(asked, phrase("slack-begun", bot=self._me.name))
        return thread

    async def _tell(self, asked: Slash | Task, words: Words) -> None:
        """For their eyes only."""
        what = whisper_to(asked.sender.id, words, asked.raw)
        await whisper(self._api, what, asked.sender.language)

    async def _opened_in(
        self, channel: str, asked: Slash | Task, root: Root
    ) -> Address:
        opening = Opening(root, since=asked.kept_at)
        return await self._openings.post(self._place(channel), opening)

    async def _deliver(
        self,
        asked: Slash | Task,
        address: Address,
        body: Body,
        message: MessageRef | None = None,
        *,
        private: bool = False,
    ) -> None:
        await self._intake.deliver(
            Inbound(
                events=(asked.event,),
                address=address,
                sender=asked.sender,
                body=body,
                message=message,
                private=private,
            )
        )

    def _place(self, channel: str, thread: str = "") -> Address:
        return Address("slack", channel, thread, self._me.team_id)


def _from(slash: Slash, prompt: str) -> str:
    """Where it was asked, to be said where it is answered."""
    name, language = slash.channel_name, slash.sender.language
    if name.startswith("mpdm-"):
        name = "directmessage"
    place = say(language, NAMELESS[name]) if name in NAMELESS else f"#{name}"
    return say(language, "slack-from", place=place, prompt=prompt)
