"""How often Slack may be called: a bucket for each method, for posts one per channel.

Slack counts per workspace, app and method. These are nine tenths of what it documents.
"""

from collections.abc import Callable

from adapters.base import Busy
from adapters.lane import Urgency
from adapters.pace import Pace

PER_MINUTE = {
    "chat.startStream": 18,
    "chat.stopStream": 18,
    "chat.appendStream": 90,
    "chat.update": 45,
    "chat.delete": 45,
    "chat.postEphemeral": 90,
    "conversations.replies": 45,
    "conversations.history": 45,
    "users.info": 90,
    "views.open": 90,
    "files.getUploadURLExternal": 90,
    "files.completeUploadExternal": 90,
    "files.info": 90,
    "reactions.add": 45,
    "reactions.remove": 45,
}
OTHER_PER_MINUTE = 45
POST = "chat.postMessage"
POST_INTERVAL_S, POST_BURST = 1.0, 3
BURSTS_PER_MINUTE = 9  # a ninth of a minute's calls may be made at once, but
LEAST_BURST = 5  # these at least, or nothing could be set aside

#: Where views compete: the part of a burst that is left for what is more urgent.
CONTESTED = frozenset(
    {POST, "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"}
)
SPARED = {
    Urgency.QUESTION: 0.0,
    Urgency.FINAL: 0.2,
    Urgency.FIRST_WORDS: 0.4,
    Urgency.EDIT: 0.6,
}


class Buckets:
    """One workspace's. A call that cannot be made now is not waited for here."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._paces: dict[tuple[str, str], Pace] = {}

    def take(self, method: str, channel: str, urgency: Urgency) -> None:
        """Count a call. Raises `Busy`, and counts nothing, if it has to wait."""
        pace, now = self._pace(method, channel), self._now()
        part = SPARED[urgency] if method in CONTESTED else 0.0
        spare = int(pace.burst * part)
        if not pace.free(now, spare):
            raise Busy(pace.free_at(spare) - now)
        pace.take(now)

    def hold(self, method: str, channel: str, seconds: float) -> None:
        """Slack wants no calls of this kind now. Others go on."""
        self._pace(method, channel).hold(self._now() + seconds)

    def _pace(self, method: str, channel: str) -> Pace:
        key = (method, channel if method == POST else "")
        pace = self._paces.get(key)
        if pace is None:
            self._forget_rested()
            pace = self._paces[key] = new_pace(method)
        return pace

    def _forget_rested(self) -> None:
        now = self._now()
        self._paces = {
            key: pace for key, pace in self._paces.items() if pace.whole_at > now
        }


def new_pace(method: str) -> Pace:
    if method == POST:
        return Pace(POST_INTERVAL_S, POST_BURST)
    rate = PER_MINUTE.get(method, OTHER_PER_MINUTE)
    return Pace(60 / rate, max(LEAST_BURST, rate // BURSTS_PER_MINUTE))
