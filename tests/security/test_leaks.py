"""Threats 9, 10 and 14: what a long story leaves behind, searched for every secret.

Where a canary may be, and nowhere else: the agent's own key in the environments of the
agent's processes; what Parley made itself in `web.token` and `web.secret`; what people
and agents said in the database, in the agent's own record, in the journal of its
process while that lives, and in the raw lines of a conversation whose people asked for
them. What the operator puts into Parley's own environment is there, of course.
"""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.e2e.parley import eventually
from tests.e2e.test_stories import ALLOW, settled
from tests.security.leaving import (
    ANSWER,
    API_KEY,
    FILE,
    PROMPT,
    Everything,
    command_lines,
    environments,
    everything,
    files_with,
)

TAKEN_BACK = "Telegram does not accept the token any more"
MADE = {"web.token": "state/web.token", "web.secret": "state/web.secret"}
#: Where words of people and agents are at home.
WORDS = re.compile(
    r"state/parley[.]db(-wal)?|home/[.]claude(/.*|[.]json.*)|state/agents/.*"
    r"|state/conversations/\d+/(inbox/.*|raw[.]jsonl)"
)


async def on_telegram(all_: Everything) -> None:
    """Raw lines on; a file, a permission, a tool; then everything goes wrong."""
    telegram, parley = all_.telegram, all_.parley
    telegram.say("/debug on")
    await telegram.until(lambda chat: any("raw.jsonl" in m.text for m in chat))
    gate = parley.root / "gate"
    wait = f"RUN[touch made; until [ -e {gate} ]; do sleep 0.05; done]RUN"
    telegram.send_document("notes.txt", FILE.encode(), f"{PROMPT} {wait}")
    chat = await telegram.until(lambda chat: ALLOW in chat[-1].labels, timeout_s=30)
    telegram.press(chat[-1], ALLOW)
    await eventually(lambda: any("until [ -e" in one for one in command_lines(parley)))
    look_at_processes(all_)
    gate.touch()
    await telegram.until(lambda chat: settled(chat, "Tool said"), timeout_s=30)

    telegram.fail("editMessageText", 1, "5xx")
    telegram.fail("editMessageText", 1, "429", after=1)
    telegram.fail("sendMessage", 1, "drop_after")
    telegram.send_voice(b"OggS", PROMPT)
    chat_and_more = {"chat": {"id": 1001, "type": "private"}, "text": PROMPT}
    telegram.raw({"message": {"from": {"id": 1001}, **chat_and_more}})  # no date, no id
    await telegram.until(lambda chat: settled(chat, PROMPT), timeout_s=30)
    parked = "SELECT 1 FROM inbox WHERE state = 'parked'"
    await eventually(lambda: parley.rows(parked))


async def on_slack(all_: Everything) -> None:
    slack = all_.slack
    slack.fail("chat[.]startStream", 1, "drop_after")
    said = slack.say(f"SAY[{ANSWER}] {PROMPT}")
    await slack.until(lambda: shown(all_, ANSWER))
    slack.say(f"FAIL[401] {PROMPT}", thread=said)
    await slack.until(lambda: shown(all_, "a fake failure"))


def shown(all_: Everything, words: str) -> bool:
    """Whether the bot says so in the chat with Ada, and is done with it."""
    found = [m for m in all_.slack.messages() if m.from_bot]
    return any(words in m.text for m in found) and not any(m.streaming for m in found)


async def on_the_page(all_: Everything) -> str:
    """With wrong tokens first; the agent dies as it starts. What it told of itself."""
    parley = all_.parley
    async with parley.client() as client:
        for wrong in ("", "Bearer x", f"Bearer {parley.token}x"):
            refused = await client.get("/", headers={"Authorization": wrong})
            assert refused.status_code == 401
        await client.get("/enter", params={"code": "x"})
        await client.get("/metrics", params={"token": parley.token})
        all_.crash.touch()
        made = await client.post("/api/sessions", json={"project": "default"})
        where = f"/api/sessions/{made.json()['id']}"
        await client.post(f"{where}/messages", json={"text": PROMPT})
        failed = "SELECT 1 FROM turn WHERE state = 'failed' AND origin_platform = 'web'"
        await eventually(lambda: parley.rows(failed))
        turns = await client.get(f"{where}/turns")
        all_.crash.unlink()
        assert "it broke" in turns.text
        told = [await client.get(path) for path in ("/metrics", "/readyz", "/healthz")]
        return "\n".join([turns.text, *(answer.text for answer in told)])


async def doctor(all_: Everything) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor"),
        env=all_.parley.environment(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode()


def look_at_processes(all_: Everything) -> None:
    lines, theirs = list(command_lines(all_.parley)), list(environments(all_.parley))
    assert len(theirs) >= 3
    for name, secret in all_.secrets.items():
        assert not any(secret in line for line in lines), name
        assert name == "agent" or not any(secret in one for one in theirs), name
    assert not any(PROMPT in text or FILE in text for text in [*lines, *theirs])


@pytest.mark.timeout(150)
async def test_a_long_story_leaves_no_secret_where_it_does_not_belong(
    tmp_path: Path,
) -> None:
    async with everything(tmp_path) as all_:
        await all_.parley.begin()
        await all_.slack.until(lambda: all_.slack.sockets)
        await on_telegram(all_)
        await on_slack(all_)
        told = await on_the_page(all_) + await doctor(all_)
        all_.telegram.token = "123456:another"  # the old one is revoked
        all_.telegram.say("unheard")
        await eventually(lambda: TAKEN_BACK in all_.parley.log.read_text())
        await all_.parley.stop()

        log = all_.parley.log.read_text()
        chats = [m.text for m in all_.telegram.chat()]
        chats += [m.text for m in all_.slack.messages()]
        shown = "\n".join([told, *chats, log])
        secrets = all_.secrets | {"telegram": "AAF-the-telegram-canary"}
        for name, secret in secrets.items():
            assert secret not in shown, name
            at_home = {MADE[name]} if name in MADE else set()
            assert files_with(secret, tmp_path) == at_home, name
        for word in (PROMPT, ANSWER, FILE):
            assert word not in log
            places = files_with(word, tmp_path)
            assert places
            assert [place for place in places if not WORDS.fullmatch(place)] == []
        assert API_KEY[-20:] not in shown
