"""The Events API over HTTP: signed requests to the program's own web address."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientConnectionError, ClientSession

from tests.slack_server_delivery import Act


class Posts:
    """A `Road`, open as soon as there is an address."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.url = ""
        self.statuses: list[int] = []  # what the program answered
        self._session: ClientSession | None = None

    @property
    def open(self) -> bool:
        return bool(self.url)

    async def ready(self) -> None:
        pass  # who is not there does not answer, and that counts as an attempt

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    async def send(self, act: Act, *, retry: int, reason: str) -> bool:
        """A 2xx is the acknowledgement."""
        kind, body = _encoded(act)
        headers = {"Content-Type": kind}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry)}
            headers |= {"X-Slack-Retry-Reason": f"http_{reason}"}
        status, answer = await self.post(body, headers)
        if not 200 <= status < 300:
            return False
        act.acknowledge(answer)
        return True

    async def post(
        self,
        body: str,
        headers: dict[str, str],
        *,
        at: str | None = None,
        signature: str | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Status, and the body if it is an object. *at*, *signature*: wrong ones."""
        at = str(int(time.time())) if at is None else at
        signed = {
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature or self.sign(body, at),
        }
        self._session = self._session or ClientSession()
        try:
            async with self._session.post(
                self.url, data=body.encode(), headers={**headers, **signed}
            ) as answer:
                self.statuses.append(answer.status)
                return answer.status, _object(await answer.text())
        except ClientConnectionError as error:
            raise OSError(str(error)) from error

    async def verify(self, challenge: str) -> bool:
        """Whether the challenge comes back."""
        asked = json.dumps({"type": "url_verification", "challenge": challenge})
        status, body = await self.post(asked, {"Content-Type": "application/json"})
        return status == 200 and body.get("challenge") == challenge

    def sign(self, body: str, at: str) -> str:
        base = f"v0:{at}:{body}".encode()
        return "v0=" + hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()


def _encoded(act: Act) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    match act.type:
        case "events_api":
            return "application/json", json.dumps(act.payload)
        case "slash_commands":
            return form, urlencode(act.payload)
        case "interactive":
            return form, urlencode({"payload": json.dumps(act.payload)})


def _object(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        return {"text": text} if text else {}
    return answer if isinstance(answer, dict) else {}
