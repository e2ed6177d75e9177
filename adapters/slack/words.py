"""What a Slack message says, in words for an agent. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from adapters.inbound import Command
from adapters.names import one_line
from adapters.slack.orders import order_in

Raw: TypeAlias = Mapping[str, Any]  # a JSON object of Slack's
VOICE = "slack_audio"  # what Slack calls a clip that somebody spoke
NameOf: TypeAlias = Callable[[str], str]  # a user's name, by id

#: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://a.b|words>`. Anything else in angle
#: brackets is somebody's text.
_TOKEN = re.compile(r"<(?:([@#!])|(?=[a-z][a-z0-9+.-]*:))([^<>|\s]+)(?:\|([^<>]*))?>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)")


def plain(text: str, name_of: NameOf) -> str:
    """*text* as people see it: names for ids, no escapes, links spelt out."""
    return _unescaped(_TOKEN.sub(lambda token: _token(token, name_of), text))


def without_mention(text: str, bot: str) -> str:
    """*text* without the mentions of *bot* itself; those who begin with one call it."""
    mention = rf"<@{re.escape(bot)}(?:\|[^<>]*)?>"
    beginning = rf"^[ \t]*{mention}[ \t]*(?:[:,][ \t]*)?"
    return re.sub(rf"{beginning}|[ \t]?{mention}", "", text, flags=re.MULTILINE).strip()


def mentioned(message: Raw) -> set[str]:
    """The ids of all who are named in it."""
    texts = [message.get("text"), *(quote.get("text") for quote in _quotes(message))]
    return {user for text in texts for user in _MENTION.findall(text or "")}


def text_of(message: Raw, bot: str, name_of: NameOf) -> str:
    """What somebody wrote, and below it the messages they share."""
    written = plain(without_mention(message.get("text") or "", bot), name_of)
    shared = [_quotation(quote, name_of) for quote in _quotes(message)]
    return "\n\n".join(filter(None, (written, *shared)))


def files_of(message: Raw) -> list[Raw]:
    """The files of a message, and of those it shares; each once."""
    holders = [message, *_quotes(message)]
    files = [file for holder in holders for file in holder.get("files") or ()]
    return list({file["id"]: file for file in files}.values())


def is_foreign(message: Raw) -> bool:
    """Whether it brings words, or a file, that its sender did not make.

    A clip that they spoke is their own.
    """
    spoken = all(
        file.get("subtype") == VOICE and file.get("user") == message["user"]
        for file in message.get("files") or ()
    )
    return bool(_quotes(message)) or not spoken


def command_of(message: Raw, bot: str, name_of: NameOf) -> Command | None:
    """The instruction to us, if that is all it is."""
    typed = message.get("text") or ""
    text = without_mention(typed, bot)
    if files_of(message) or _quotes(message):
        return None
    if typed and not text:
        return Command("help")  # called by name, and nothing else
    return order_in(plain(text, name_of))


def quoted(text: str) -> str:
    """Every line marked as somebody else's, whatever the lines end with."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _token(token: re.Match[str], name_of: NameOf) -> str:
    kind, target, label = token[1], token[2], token[3] or ""
    match kind:
        case "@":
            return f"@{label or name_of(target)}"
        case "#":
            return f"#{label or target}"
        case "!":
            return label or f"@{target}"
        case _:
            return _link(target, label)


def _link(url: str, label: str) -> str:
    if not label or url.removeprefix("mailto:").removeprefix("tel:") == label:
        return label or url
    return url if url.endswith(f"://{label}") else f"{label} ({url})"


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _quotes(message: Raw) -> list[Raw]:
    """Other messages that come with it: shared, or shown because it links to them."""
    return [
        attachment
        for attachment in message.get("attachments") or ()
        if attachment.get("is_share") or attachment.get("is_msg_unfurl")
    ]


def _quotation(quote: Raw, name_of: NameOf) -> str:
    text = plain(quote.get("text") or quote.get("fallback") or "", name_of)
    author = one_line(quote.get("author_name") or "") or "Somebody"
    return f"{author} wrote:\n{quoted(text)}" if text else ""
