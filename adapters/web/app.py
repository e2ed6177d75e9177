"""The web surface, whole: every router behind the one guard."""

from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from adapters.web import (
    actions,
    agui_run,
    commands,
    enter,
    health,
    live,
    logs,
    openai_api,
    page,
    problems,
    reference,
    sendings,
    sessions,
    storage,
    tasks,
    uploads,
    ws,
)
from adapters.web.doorman import Doorman
from adapters.web.guard import Guard
from adapters.web.hosts import Listen
from adapters.web.port import Desk


class _App(FastAPI):
    """FastAPI with the guard outermost: answers to faults get its headers too."""

    doorman: Doorman
    listen: Listen

    def build_middleware_stack(self) -> ASGIApp:
        return Guard(super().build_middleware_stack(), self.doorman, self.listen)

    def openapi(self) -> dict[str, Any]:
        """With how to come in: the guard asks for it, not the routes."""
        description = super().openapi()
        schemes = description.setdefault("components", {})
        schemes["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        description["security"] = [{"token": []}]
        return description


def create_app(desk: Desk, doorman: Doorman, listen: Listen) -> FastAPI:
    """*listen* is where it will be served: it says which hosts are ours."""
    app = _App(
        title="Parley",
        version="1",  # of the API
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's page loads scripts of a CDN
        redoc_url=None,
    )
    app.doorman, app.listen = doorman, listen
    problems.install(app)
    for part in (sessions, actions, commands, uploads, sendings, storage, logs):
        app.include_router(part.router(desk))
    for other in (ws, agui_run, openai_api, tasks, page, live, health):
        app.include_router(other.router(desk))
    app.include_router(enter.router(doorman))
    app.include_router(reference.router(app))
    return app
