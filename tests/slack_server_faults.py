"""What goes wrong because a test wished it, and the log of what was asked."""

import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from tests.fake_server import Strikes
from tests.slack_server_rules import Refused, too_many

FaultKind: TypeAlias = Literal[
    "drop_before",  # the connection breaks, nothing has happened
    "drop_after",  # it has happened, and the connection breaks before the answer
    "hang",  # nothing happens, and no answer ever comes
    "hang_after",  # it has happened, and no answer ever comes
    "429",
    "5xx",
    "error",  # any other refusal: `code`
    "error_after",  # it has happened, and yet that is the answer
    "garbage",  # status 200, and a login page in place of an answer
]
LOGIN_PAGE = "<!DOCTYPE html><html><title>Slack | Sign in</title></html>"


@dataclass
class Fault(Strikes):
    kind: FaultKind
    code: str = "internal_error"
    retry_after_s: int = 1

    @property
    def refusal(self) -> Refused | None:
        match self.kind:
            case "429":
                return too_many(self.retry_after_s)
            case "5xx":
                return Refused("service_unavailable", status=503)
            case "error":
                return Refused(self.code)
            case _:
                return None


@dataclass
class Call:
    """A request that arrived. *status* is 0 as long as it got no answer."""

    at: float  # time.monotonic
    method: str
    params: dict[str, Any]
    status: int = 0
    error: str = ""


def pretty(calls: list[Call]) -> str:
    return "\n".join(
        f"  {call.method} {call.status} {call.error} {json.dumps(call.params)[:200]}"
        for call in calls
    )
