"""Why a request goes no further, in words for whoever sent it. Pure."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Scope

from adapters.language import ENGLISH, nearest, say
from adapters.web import plain
from adapters.web.tongues import accepted

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    key: str  # of the catalogue
    megabytes: int = 0

    def words(self, language: str) -> str:
        return say(language, self.key, megabytes=self.megabytes)


STRANGER = Refusal(401, "web-refused-stranger")
STRANGE_HOST = Refusal(400, "web-refused-host")
STRANGE_ORIGIN = Refusal(403, "web-refused-origin")
STRANGE_KIND = Refusal(415, "web-refused-kind")
TOO_SLOW = Refusal(408, "web-refused-slow")


def too_long(limit: int) -> Refusal:
    return Refusal(413, "web-refused-long", limit // MEGABYTE)


def said(refusal: Refusal, scope: Scope) -> tuple[str, bytes]:
    """Words for whoever asked: a page for people, a problem in English for programs."""
    path: str = scope["path"]
    headers = Headers(scope=scope)
    program = path.startswith(("/api/", "/v1/"))
    if program or "text/html" not in headers.get("accept", ""):
        return "application/problem+json", _problem(refusal)
    language = nearest(accepted(headers.get("accept-language", "")))
    if refusal is STRANGER:
        return plain.HTML, plain.stranger(headers, _url(scope, headers), language)
    title = say(language, "web-refused")
    return plain.HTML, plain.page(title, refusal.words(language), language)


def _url(scope: Scope, headers: Headers) -> str:
    """As it was asked for. Absolute: a path that begins with // leads elsewhere."""
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    asked = (scope["raw_path"] + query).decode("latin-1")
    return f"{scope['scheme']}://{headers['host']}{asked}"


def _problem(refusal: Refusal) -> bytes:
    title = HTTPStatus(refusal.status).phrase
    detail = refusal.words(ENGLISH)
    fields = {"title": title, "status": refusal.status, "detail": detail}
    return json.dumps({"type": "about:blank", **fields}).encode()
