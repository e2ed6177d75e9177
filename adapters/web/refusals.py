"""Why a request goes no further, in words for whoever sent it. Pure."""

import json
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import Scope

from adapters.web import plain

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    words: str


TOO_SLOW = Refusal(408, "The rest of the request did not come in time.")
STRANGER = Refusal(
    401,
    "Come in by the link that Parley printed when it started, or send your token as "
    "“Authorization: Bearer …”.",
)


def too_long(limit: int) -> Refusal:
    return Refusal(413, f"This is too long: {limit // MEGABYTE} MB at most.")


def said(refusal: Refusal, scope: Scope) -> tuple[str, bytes]:
    """Words for whoever asked: a page for people, a problem for programs."""
    path: str = scope["path"]
    headers = Headers(scope=scope)
    program = path.startswith(("/api/", "/v1/"))
    if program or "text/html" not in headers.get("accept", ""):
        return "application/problem+json", _problem(refusal)
    if refusal is STRANGER:
        return plain.HTML, plain.stranger(headers, _url(scope, headers))
    return plain.HTML, plain.page(HTTPStatus(refusal.status).phrase, refusal.words)


def _url(scope: Scope, headers: Headers) -> str:
    """As it was asked for. Absolute: a path that begins with // leads elsewhere."""
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    asked = (scope["raw_path"] + query).decode("latin-1")
    return f"{scope['scheme']}://{headers['host']}{asked}"


def _problem(refusal: Refusal) -> bytes:
    title = HTTPStatus(refusal.status).phrase
    fields = {"title": title, "status": refusal.status, "detail": refusal.words}
    return json.dumps({"type": "about:blank", **fields}).encode()
