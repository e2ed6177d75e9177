"""The description of the API is what the API does."""

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.adapters.web.api import app
from tests.adapters.web.desk import FakeDesk

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ENDLESS = "/api/sessions/{session}/events"

OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in app(FakeDesk(Path())).openapi()["paths"].items()
    for method in methods
    if path != ENDLESS
]


#: There is nothing that could be wrong about it.
TAKING_NOTHING = {"GET /api/projects", "GET /api/commands", "GET /api/processes"}
MODES = [
    (mode, operation)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for operation in OPERATIONS
    if mode is GenerationMode.POSITIVE or operation not in TAKING_NOTHING
]


@pytest.fixture
async def desk(tmp_path: Path) -> FakeDesk:
    """Where every prompt is answered at once, and sessions 1 to 3 have a turn each."""
    desk = FakeDesk(tmp_path, answer="Yes.")
    for _ in range(3):
        await desk.say(desk.add().id, "Hello", key=f"{len(desk.cards)}")
    return desk


@pytest.mark.parametrize(("mode", "operation"), MODES)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_request_fails_or_is_answered_in_another_way_than_described(
    desk: FakeDesk, mode: GenerationMode, operation: str
) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app(desk))
    method, path = operation.split()

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            name_what_there_is(case)
        case.call_and_validate(checks=CHECKS)

    ask()


def name_what_there_is(case: Case[Any]) -> None:
    """Half of the time: what is made up is hardly ever there."""
    number = case.path_parameters.get("session", 0)
    if number % 2:
        known = 1 + number % 3
        named = {"session": known, "turn": f"t{known}"}
        case.path_parameters |= {
            name: named.get(name, value) for name, value in case.path_parameters.items()
        }
        if isinstance(case.body, dict) and isinstance(case.body.get("files"), list):
            case.body["files"] = []


def test_every_route_says_what_it_is_for_and_what_may_go_wrong() -> None:
    for path, methods in app(FakeDesk(Path())).openapi()["paths"].items():
        for method, route in methods.items():
            assert route["summary"], (method, path)
            assert route["tags"], (method, path)
            problems = {status for status in route["responses"] if status >= "400"}
            assert {"400", "401", "403", "422"} <= problems, (method, path)
            for status in problems:
                content = route["responses"][status]["content"]
                assert list(content) == ["application/problem+json"]
