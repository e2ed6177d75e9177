"""What went wrong, told one way everywhere: application/problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from adapters.web.port import Conflict, UnknownConversation

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
#: Whatever a route does, these can be the answer: the guard gives them.
ALWAYS = (400, 401, 403, 422)
SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "what kind of problem, in words"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what it is this time"},
        "errors": {
            "type": "array",
            "description": "which parts of the request are not as described",
            "items": {
                "type": "object",
                "required": ["at", "message"],
                "properties": {
                    "at": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


class Problem(Exception):
    """Ends a request with *status*. *title* names the kind, *detail* this case."""

    def __init__(self, status: int, title: str, detail: str = "") -> None:
        super().__init__(detail or title)
        self.status = status
        self.title = title
        self.detail = detail


def answer(
    problem: Problem, *, headers: dict[str, str] | None = None, **more: Any
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
    }
    if problem.detail:
        body["detail"] = problem.detail
    return JSONResponse(
        body | more, problem.status, headers=headers, media_type=MEDIA_TYPE
    )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for its OpenAPI description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": SCHEMA}},
        }
        for status in (*ALWAYS, *statuses)
    }


def install(app: FastAPI) -> None:
    """Every error of *app* is told as a problem from here on."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(UnknownConversation, _unknown)
    app.add_exception_handler(Conflict, _conflict)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


async def _problem(request: Request, error: Exception) -> JSONResponse:
    return answer(cast("Problem", error))


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    return answer(Problem(404, "No such session"))


async def _conflict(request: Request, error: Exception) -> JSONResponse:
    return answer(Problem(409, "Not possible now", str(error)))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    # What was sent is not sent back: it may be no valid text at all.
    errors = [
        {"at": "/".join(map(str, each["loc"])), "message": each["msg"]}
        for each in cast("RequestValidationError", error).errors()
    ]
    problem = Problem(422, "Not as described", _summary(errors))
    return answer(problem, errors=errors)


def _summary(errors: list[dict[str, str]]) -> str:
    return "; ".join(f"{error['at']}: {error['message']}" for error in errors[:3])


async def _http(request: Request, error: Exception) -> JSONResponse:
    known = cast("HTTPException", error)
    title = HTTPStatus(known.status_code).phrase
    detail = known.detail if known.detail != title else ""
    headers = dict(known.headers or {})  # 405 says in Allow what would do
    return answer(Problem(known.status_code, title, detail), headers=headers)


async def _bug(request: Request, error: Exception) -> JSONResponse:
    log.error("web.failed", path=request.url.path, exc_info=error)
    return answer(Problem(500, "Internal error", "It is in the log."))
