"""Threat 11: what an agent says rings nobody and opens nothing."""

import random
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.api import LITERALLY, harmless
from adapters.telegram.layout import markdown
from tests.e2e.parley import SlackParley, slack_world, world
from tests.e2e.slack.chat import answered as slack_answered
from tests.e2e.slack.chat import begin
from tests.e2e.test_stories import answered
from tests.messages_reply import Reply, Say
from tests.slack_server import ADA, BOB, BOT_USER

MANY, SEED = 1000, 20261121
ATOMS = (
    *("<!channel>", "<!here>", "<!everyone>", "<!subteam^S1>", f"<@{BOB}>", "<#C1>"),
    *("@channel", "@here", "@everyone", "@ada", "&lt;!channel&gt;", "&#60;!here>"),
    *("<!", "@", ">", "&lt;", "\\<!channel>", f"&lt;@{BOB}>", "<!channel|x>", "<"),
    *("[x](tg://user?id=1001)", "[x](https://evil.example/?q=1)", "tg://resolve?a=b"),
    *("![x](https://evil.example/p.png)", "<https://evil.example|x>", "`", "```\n"),
    *("**", "_", "~~", "||", "> ", "\n", " ", "\n\n", "- ", "# ", "| a | b |\n", "\t"),
    *("\u200b", "\u2060", "\u202e", "\x00", "\x1b[31m", "😀", "한국어", "a", "word "),
    *("<b>", "</a>", '<a href="tg://user?id=1">', "&amp;", "{", "}", "/stop", "#tag"),
)
LIVE = re.compile(
    r"<!(?:channel|here|everyone|subteam)|<@[UW][A-Z0-9]+[>|]|tg://", re.IGNORECASE
)


def texts() -> list[str]:
    """The same each time; *SEED* tells which."""
    chance = random.Random(SEED)
    return [
        "".join(chance.choices(ATOMS, k=chance.randint(1, 25))) for _ in range(MANY)
    ]


def strings(value: Any) -> list[str]:
    """All there are in a JSON value."""
    match value:
        case str():
            return [value]
        case dict():
            return [text for inner in value.values() for text in strings(inner)]
        case list() | tuple():
            return [text for inner in value for text in strings(inner)]
        case _:
            return []


def test_no_text_for_slack_rings_anybody() -> None:
    rich = {"type": "section", "text": {"type": "mrkdwn", "text": ""}}
    for text in texts():
        rich["text"] = {"type": "mrkdwn", "text": text}
        sent = harmless({"text": text, "blocks": [rich], "markdown_text": text}, "")

        found = [live for one in strings(sent) for live in LIVE.findall(one)]
        assert [live for live in found if live != "tg://"] == [], repr(text)


def test_no_text_for_telegram_mentions_anybody_by_id() -> None:
    for text in texts():
        shown = markdown(text)

        kinds = {entity.kind for entity in shown.entities}
        links = [entity.url or "" for entity in shown.entities]
        assert not kinds & {"text_mention", "mention"}, repr(text)
        assert not any(link.startswith("tg:") for link in links), repr(text)


@pytest.fixture
def dangerous() -> str:
    """As much of it as one answer holds."""
    return "\n\n".join(texts()[:100])[:6000]


async def test_what_an_agent_says_on_slack_pings_nobody(
    tmp_path: Path, dangerous: str
) -> None:
    async with slack_world(tmp_path) as parley:
        await begin(parley)
        parley.api.then(Reply(blocks=[Say(f"{dangerous}\n\nThe end.")]))
        said = parley.slack.say(
            f"<@{BOT_USER}> say it all", channel=parley.slack.general
        )

        await slack_answered(parley, said, "The end.")

        assert pings(parley) == []
        assert parley.slack.refusals == []
        assert LITERALLY["chat.postMessage"]["unfurl_links"] is False
        for call in parley.slack.calls("chat[.]postMessage"):
            assert str(call.params["unfurl_links"]).lower() in {"false", "0"}
            assert str(call.params["unfurl_media"]).lower() in {"false", "0"}


async def test_what_an_agent_says_on_telegram_shows_no_preview(
    tmp_path: Path, dangerous: str
) -> None:
    async with world(tmp_path) as parley:
        await parley.start()
        parley.api.then(Reply(blocks=[Say(f"{dangerous}\n\nThe end.")]))
        parley.telegram.say("say it all")

        await answered(parley, "The end.")

        shown = parley.telegram.calls("sendMessage|editMessageText")
        assert shown
        for call in shown:
            assert call.params["link_preview_options"] == {"is_disabled": True}
            entities = call.params.get("entities", [])
            assert not {e["type"] for e in entities} & {"text_mention", "mention"}
        assert parley.telegram.refusals == []


def pings(parley: SlackParley) -> list[str]:
    """Whom the bot's messages would have rung, but for the one it answers."""
    return [ping for ping in parley.slack.live_pings if ADA not in ping]
