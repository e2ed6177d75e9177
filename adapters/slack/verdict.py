"""What is to be done with something that came in."""

from dataclasses import dataclass
from typing import TypeAlias

from adapters.inbound import Address
from adapters.slack.whisper import Whisper


@dataclass(frozen=True, slots=True)
class Keep:
    """It is for us: keep it under this id, then acknowledge."""

    key: str


@dataclass(frozen=True, slots=True)
class Now:
    """It is for us, and worth nothing in three seconds: serve it at once."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody opened this place, and may say something soon."""

    address: Address
    user: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing, but perhaps to say why."""

    reason: str
    whisper: Whisper | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """We are a member of this channel now."""

    channel: str


@dataclass(frozen=True, slots=True)
class Revoked:
    """The workspace does not want us any more; *reason* is Slack's word for how."""

    reason: str


Verdict: TypeAlias = Keep | Now | Expected | Drop | Joined | Revoked
