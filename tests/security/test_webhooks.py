"""Threat 1: forged, old and repeated webhooks, at the program as it is run."""

import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

from adapters.slack.manifest import PATH
from tests.e2e.parley import eventually, free_port, slack_as_described, slack_world
from tests.security.traces import rows
from tests.slack_server import ADA, TEAM, FakeSlack


def event(slack: FakeSlack, words: str, *, number: int) -> str:
    said: dict[str, Any] = {
        "type": "message",
        "channel": slack.dm(ADA),
        "channel_type": "im",
        "user": ADA,
        "team": TEAM,
        "text": words,
        "ts": f"17000000{number:02}.000100",
    }
    return json.dumps(
        {"type": "event_callback", "team_id": TEAM, "event_id": "Ev", "event": said}
    )


def signed(secret: str, at: str, body: str) -> str:
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256)
    return f"v0={digest.hexdigest()}"


async def test_only_what_slack_signed_just_now_counts_and_only_once(
    tmp_path: Path,
) -> None:
    port, slack = free_port(), slack_as_described()
    async with slack_world(tmp_path, slack, port=port) as parley:
        await parley.start()
        slack.request_url = f"http://127.0.0.1:{port}{PATH}"
        await eventually(lambda: '"web.listening"' in parley.log.read_text())
        now, good = str(int(time.time())), slack.signing_secret
        body = event(slack, "SAY[forged]", number=1)
        old, ahead = str(int(now) - 301), str(int(now) + 600)
        forged = {
            "another secret": (now, signed("another", now, body)),
            "another body": (now, signed(good, now, body.replace("forged", "other"))),
            "another time": (now, signed(good, old, body)),
            "old": (old, signed(good, old, body)),
            "ahead": (ahead, signed(good, ahead, body)),
            "no version": (now, signed(good, now, body).removeprefix("v0=")),
            "no secret": (now, signed("", now, body)),
        }

        for name, (at, signature) in forged.items():
            assert await slack.post(body, at=at, signature=signature) == 401, name
        assert not any(rows(parley).values())
        assert parley.api.requests == []

        genuine = event(slack, "SAY[genuine]", number=2)
        ticket = {"at": now, "signature": signed(good, now, genuine)}
        assert await slack.post(genuine, **ticket) == 200
        for _ in range(5):  # recorded, and sent again within the five minutes
            assert await slack.post(genuine, **ticket) == 200

        state = "SELECT state FROM turn WHERE state IN ('answered', 'delivered')"
        await eventually(lambda: parley.rows(state))
        assert await slack.post(genuine, **ticket) == 200
        assert rows(parley)["inbox"] == rows(parley)["turn"] == 1
        assert len(parley.api.requests) == 1
