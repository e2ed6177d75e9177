"""Slash commands, and tasks made of a message: what begins with a post of ours."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import structlog

from adapters.base import Intake
from adapters.inbound import Address, Body, Command, Inbound, MessageRef, Text
from adapters.scrub import one_line
from adapters.slack.api import Me, SlackApi
from adapters.slack.channels import REFUSALS, Channels
from adapters.slack.errors import NotMember
from adapters.slack.heard import Slash, Task
from adapters.slack.openings import Opening, Openings
from adapters.slack.root import Root
from adapters.slack.whisper import whisper, whisper_to
from adapters.slack.words import NameOf, plain, quoted

log = structlog.get_logger()

QUOTED = 300  # characters of a prompt
FRESH = "New conversation: write in this thread."
#: What Slack calls channels whose names it does not tell.
NAMELESS = {"privategroup": "a private channel", "directmessage": "a direct message"}

BEGUN = (
    "I cannot write in this channel, so I began in our direct message. "
    "To have me here, type `/invite @{}` and ask again."
)
ANSWERED = "I am not in this channel; the answer is in our direct message."
REFUSED = "I could not begin, Slack does not let me: {}."


class Starts:
    """*engage* is told of threads in which replies are for us; *busy* tells the
    threads of a channel that are at work.
    """

    def __init__(
        self,
        intake: Intake,
        api: SlackApi,
        me: Me,
        openings: Openings,
        channels: Channels,
        *,
        engage: Callable[[Address], None],
        busy: Callable[[str], list[Address]],
    ) -> None:
        self._intake = intake
        self._api = api
        self._me = me
        self._openings = openings
        self._channels = channels
        self._engage = engage
        self._busy = busy

    async def slash(self, slash: Slash, name_of: NameOf) -> None:
        text = plain(slash.text, name_of)
        word, _, rest = text.partition(" ")
        match word.lower(), rest.strip():
            case ("" | "help" | "status" | "stop") as name, "":
                await self._command(slash, Command(name or "help"))
            case "new", "":
                await self._begin(slash, FRESH, Command("new"))
            case "new", prompt:
                await self._begin(slash, prompt, Text(prompt))
            case _:
                await self._begin(slash, text, Text(text))

    async def task(self, task: Task) -> None:
        """Goes on where the message is, if we may write there."""
        words, context = task.text.strip(), task.context
        if context.quote:
            words = f"{words}\n\nAbout this message:\n{quoted(context.quote)}"
        channel = context.channel
        if await self._channels.inside(channel) or await self._channels.join(channel):
            thread = self._place(channel, context.thread)
            self._engage(thread)
            # The message is somebody else's: its edits are none of this prompt.
            await self._deliver(task, thread, Text(words))
        else:
            await self._begin(task, words, Text(words))

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
            await whisper(self._api, whisper_to(slash.sender.id, ANSWERED, slash.raw))
        await self._deliver(slash, place, command, private=place.chat[0] != "D")

    async def _begin(self, asked: Slash | Task, prompt: str, body: Body) -> None:
        root = Root(asked.event, one_line(prompt, QUOTED), asked.sender.id)
        try:
            thread = await self._opened(asked, root)
        except REFUSALS as error:
            log.warning("start.refused", reason=str(error))
            sorry = REFUSED.format(error)
            await whisper(self._api, whisper_to(asked.sender.id, sorry, asked.raw))
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
            root = replace(
                root, prompt=one_line(f"{_from(asked)}{root.prompt}", QUOTED)
            )
        home = await self._channels.direct(asked.sender.id)
        thread = await self._opened_in(home, asked, root)
        begun = BEGUN.format(self._me.name)
        await whisper(self._api, whisper_to(asked.sender.id, begun, asked.raw))
        return thread

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


def _from(slash: Slash) -> str:
    """Where it was asked, to be said where it is answered."""
    name = slash.channel_name
    if name.startswith("mpdm-"):
        name = "directmessage"
    return f"From {NAMELESS.get(name) or f'#{name}'}: "
