"""Which addresses Telegram takes as links: one bad one and the message is refused."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

_MAIL = re.compile(r"mailto:[\w.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,}")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_STRANGE = re.compile(r"[^\w.:\[\]-]")
_UNFIT = re.compile(r"[\s\x00-\x1f\x7f<>\"`{}|\\^]")


def is_link(url: str) -> bool:
    """Whether *url* may be the target of a `text_link`. Rather no than a refusal."""
    if _MAIL.fullmatch(url):
        return True
    if _UNFIT.search(url) or len(url) > 2048:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and _is_host(parts)
    except ValueError:  # a port or an IPv6 address that is none
        return False


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if _STRANGE.search(parts.netloc) or parts.netloc.endswith(":") or parts.port == 0:
        return False
    if host.replace(".", "").isdigit() or ":" in host:
        return _is_ip(host)
    *names, top = host.split(".")
    return (
        bool(names)
        and all(map(_LABEL.fullmatch, names))
        and ((len(top) >= 2 and top.isalpha()) or top.startswith("xn--"))
    )


def _is_ip(host: str) -> bool:
    return bool(ipaddress.ip_address(host))
