"""Words for one person, where they just spoke, that nobody else sees."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import aiohttp
import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.base import AdapterError
from adapters.language import say
from adapters.slack.api import SlackApi
from adapters.slack.payload import Payload, part, text

log = structlog.get_logger()

Words: TypeAlias = Callable[[str], str]  # what to say, in a language


@dataclass(frozen=True, slots=True)
class Whisper:
    words: Words
    user: str
    channel: str = ""
    thread: str = ""
    response_url: str = ""  # where Slack gave one, it works in any channel


def phrase(key: str, **values: str) -> Words:
    """What the catalogue has under *key*."""
    return lambda language: say(language, key, **values)


def whisper_to(user: str, words: Words, body: Payload) -> Whisper:
    """An answer to *body*, as the platform sent it."""
    event = part(body, "event")
    channel = text(event, "channel")
    # Between one person and us, every message has a thread of its own.
    root = text(event, "ts") if channel.startswith("D") else ""
    return Whisper(
        words,
        user,
        channel,
        text(event, "thread_ts") or root,
        text(body, "response_url"),
    )


async def whisper(api: SlackApi, what: Whisper, language: str) -> None:
    """Say it, if that can be done. Never raises."""
    words = what.words(language)
    try:
        if what.response_url:
            await _answer(api, what, words)
        elif what.channel:
            await _post(api, what, words)
    except (AdapterError, aiohttp.ClientError, OSError, TimeoutError) as error:
        log.info("whisper.not_heard", reason=str(error))


async def _answer(api: SlackApi, what: Whisper, words: str) -> None:
    webhook = AsyncWebhookClient(
        what.response_url, session=api.client.session, retry_handlers=[]
    )
    await webhook.send(text=words, response_type="ephemeral", replace_original=False)


async def _post(api: SlackApi, what: Whisper, words: str) -> None:
    place: dict[str, Any] = {
        "channel": what.channel,
        "thread_ts": what.thread or None,
        "text": words,
    }
    if what.channel.startswith("D"):
        await api.call(
            "chat.postMessage", **place
        )  # nobody else is there, and it stays
    else:
        await api.call("chat.postEphemeral", user=what.user, **place)
