"""How often Slack lets a workspace call: its documented tiers."""

import math
import time
from collections import defaultdict, deque
from typing import Any

from tests.slack_server_rules import too_many

#: Calls a minute.
TIERS = {
    "chat.appendStream": 100,
    "chat.postEphemeral": 100,
    "chat.startStream": 20,
    "chat.stopStream": 20,
    "files.completeUploadExternal": 100,
    "files.getUploadURLExternal": 100,
    "files.info": 100,
    "users.info": 100,
    "views.open": 100,
}
ELSE = 50
#: One a second and channel; so many more at once are tolerated.
BURST = 5


class Pace:
    def __init__(self) -> None:
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def admit(self, method: str, params: dict[str, Any]) -> None:
        """Count a call, or refuse it with how long to wait."""
        if method in {"auth.test", "apps.connections.open"}:
            return
        if method == "chat.postMessage":
            self._within(f"{method} {params.get('channel')}", BURST, BURST)
        else:
            self._within(method, TIERS.get(method, ELSE), 60)

    def _within(self, bucket: str, most: int, seconds: float) -> None:
        now = time.monotonic()
        calls = self._calls[bucket]
        while calls and calls[0] <= now - seconds:
            calls.popleft()
        if len(calls) >= most:
            raise too_many(math.ceil(calls[0] + seconds - now))
        calls.append(now)
