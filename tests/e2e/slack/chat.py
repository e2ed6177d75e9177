"""Looking at a thread as the people in it do."""

from collections.abc import Callable

from tests.e2e.parley import SlackParley
from tests.slack_server import Message

ALLOW, SESSION, DENY = "✅ Allow once", "♻️ Allow for this session", "❌ Deny"
STOP = "⏹ Stop"


async def begin(parley: SlackParley) -> None:
    """Start it, and wait until Slack reaches it."""
    await parley.start()
    await parley.slack.until(lambda: parley.slack.sockets)


def thread(parley: SlackParley, message: Message) -> list[Message]:
    """What the bot wrote below the root of *message*'s thread."""
    root = message.thread or message.ts
    found = parley.slack.thread(message.channel, root)
    return [m for m in found if m.from_bot and m.ts != root]


def texts(parley: SlackParley, message: Message) -> list[str]:
    return [m.text for m in thread(parley, message)]


async def until(
    parley: SlackParley, true: Callable[[], object], *, timeout_s: float = 30
) -> None:
    await parley.slack.until(true, timeout_s=timeout_s)


async def shows(parley: SlackParley, message: Message, words: str) -> Message:
    """Wait until a message of the bot in the thread says this; the message."""

    def found() -> Message | None:
        return next((m for m in thread(parley, message) if words in m.text), None)

    await until(parley, found)
    told = found()
    assert told is not None
    return told


async def answered(parley: SlackParley, message: Message, words: str) -> list[Message]:
    """Wait until the thread says this, nothing streams, and no button is left."""

    def settled() -> bool:
        bots = thread(parley, message)
        said = any(words in m.text for m in bots)
        return said and not any(m.streaming or m.buttons for m in bots)

    await until(parley, settled)
    return thread(parley, message)


async def asks(parley: SlackParley, message: Message, button: str = ALLOW) -> Message:
    """Wait for a question in the thread; the message with its buttons."""

    def found() -> Message | None:
        return next((m for m in thread(parley, message) if button in m.buttons), None)

    await until(parley, found)
    question = found()
    assert question is not None
    return question


async def root_of(parley: SlackParley, channel: str, quoted: str) -> Message:
    """Wait for the root of the thread that a slash command opened."""

    def found() -> Message | None:
        return next(
            (
                m
                for m in parley.slack.messages(channel)
                if m.from_bot and not m.thread and quoted in m.text
            ),
            None,
        )

    await until(parley, found)
    root = found()
    assert root is not None
    return root


def form_input(view: dict[str, object]) -> str:
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    return next(str(b["label"]["text"]) for b in blocks if b["type"] == "input")
