"""Where we listen, and by which names browsers may call us. Pure."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.base import AdapterError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NotSafe(AdapterError):
    """It would be open to strangers; says what to do."""


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to listen at; port 0 stands for any that is free."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Listen":
        """From "host:port", IPv6 in brackets. Raises `ValueError`."""
        parts = urlsplit(f"//{text}")
        if parts.hostname is None or parts.port is None:
            raise ValueError(f"{text!r} is not host:port")
        return cls(parts.hostname, parts.port)

    @property
    def loopback(self) -> bool:
        address = _address(self.host)
        return self.host in LOOPBACK or bool(address and address.is_loopback)

    def check(self, *, token: str) -> None:
        """*token* is the configured one. Raises `NotSafe`."""
        if not self.loopback and not token:
            raise NotSafe(
                f"[web] listen = {self.host}:{self.port} can be reached by other "
                "machines: set [web] token to a long random word too, or listen on "
                "127.0.0.1"
            )

    def answers_to(self, host: str) -> bool:
        """Whether the Host header of a request names us.

        Any other name may be a stranger's, pointed at us (DNS rebinding). Nobody can
        point an IP address anywhere, so those are fine where others may connect.
        """
        name = _hostname(host)
        if name in LOOPBACK or name == self.host.lower():
            return True
        return not self.loopback and _address(name) is not None


def same_place(origin: str, host: str) -> bool:
    """Whether a page from *origin* was served under the Host header *host*."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()


def _hostname(host: str) -> str:
    """Without the port; "" if it is not a host."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises if it is not a number
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.netloc == host and "@" not in host else ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
