"""Sessions over HTTP."""

from dataclasses import replace

import pytest

from adapters.views import QuestionStatus, QuestionView, Said, Step
from tests.adapters.web.api import Api


async def test_a_session_begins_with_its_settings(web: Api) -> None:
    schema = {"type": "object"}
    settings = {
        "name": "Fix the build",
        "project": "site",
        "model": "opus",
        "allowed_tools": ["Read"],
        "max_turns": 3,
        "output_schema": schema,
    }

    made = await web.post_json("sessions", settings)

    assert made.status_code == 201
    assert made.json()["title"] == "Fix the build"
    assert made.json()["settings"]["output_schema"] == schema
    begun = web.desk.heard[0].value
    assert (begun.project, begun.allowed_tools, begun.max_turns) == (
        "site",
        ("Read",),
        3,
    )


async def test_the_same_key_begins_one_session_and_another_key_another(
    web: Api,
) -> None:
    first = await web.post_json("sessions", {}, key="a")
    again = await web.post_json("sessions", {}, key="a")
    other = await web.post_json("sessions", {}, key="b")

    assert first.json() == again.json()
    assert other.json()["id"] != first.json()["id"]
    assert len(web.desk.heard) == 2


async def test_without_a_key_each_request_is_another(web: Api) -> None:
    first, second = [await web.post_json("sessions", {}) for _ in range(2)]

    assert first.json()["id"] != second.json()["id"]


@pytest.mark.parametrize("key", ["x" * 201, "a b"])
async def test_a_key_that_is_no_key_is_refused(web: Api, key: str) -> None:
    refused = await web.post_json("sessions", {}, key=key)

    assert refused.status_code == 422
    assert not web.desk.heard


async def test_a_project_that_there_is_not_is_a_conflict(web: Api) -> None:
    refused = await web.post_json("sessions", {"project": "moon"})

    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "There is no project moon."


async def test_pages_of_sessions_join_without_a_gap(web: Api) -> None:
    made = [web.desk.add().id for _ in range(5)]
    seen: list[int] = []
    before = ""

    while True:
        page = (await web.get(f"/api/sessions?limit=2{before}")).json()
        seen += [session["id"] for session in page["sessions"]]
        if page["next"] is None:
            break
        before = f"&before={page['next']}"

    assert seen == made[::-1]


async def test_a_session_that_is_deleted_is_gone(web: Api) -> None:
    url = f"/api/sessions/{web.desk.add().id}"

    deleted = await web.delete(url)
    gone = await web.get(url)

    assert deleted.status_code == 204
    assert gone.status_code == 404
    assert gone.json()["title"] == "No such session"


@pytest.mark.parametrize(
    "path",
    ["", "/turns", "/questions", "/events", "/storage", "/storage/a", "/turns/t1/stop"],
)
async def test_what_is_asked_of_an_unknown_session_is_not_found(
    web: Api, path: str
) -> None:
    method = "POST" if path.endswith("stop") else "GET"
    answer = await web.request(method, f"/api/sessions/999{path}")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_turns_are_told_whole_oldest_first(web: Api) -> None:
    session = web.desk.add().id
    for words in ("One", "Two", "Three"):
        turn = await web.desk.say(session, words, key=words)
        assert turn
        web.desk.grow(session, turn, Said("Look"), Step("c1", "Read", "read", ok=True))
        web.desk.finish(session, turn, f"{words}!")

    url = f"/api/sessions/{session}/turns"
    newest = (await web.get(url, params={"limit": 2})).json()["turns"]
    before = (await web.get(url, params={"before": newest[0]["id"]})).json()["turns"]

    assert [turn["answer"] for turn in newest] == ["Two!", "Three!"]
    assert [turn["prompt"] for turn in before] == ["One"]
    assert [part["type"] for part in newest[0]["parts"]] == ["text", "step", "text"]


async def test_a_turn_tells_what_people_were_asked_and_how_it_was_decided(
    web: Api,
) -> None:
    session = web.desk.add().id
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    asked = QuestionView(id="q1", turn_id=turn, title="Run a command?")
    decided = replace(asked, status=QuestionStatus.DECIDED, outcome="Denied by Ada")
    web.desk.show(session, replace(decided, refused=True))
    web.desk.show(session, replace(asked, id="q2"))

    [told] = (await web.get(f"/api/sessions/{session}/turns")).json()["turns"]

    assert [(one["id"], one["status"]) for one in told["questions"]] == [
        ("q1", "decided"),
        ("q2", "open"),
    ]
    assert told["questions"][0]["outcome"] == "Denied by Ada"
    assert told["questions"][0]["refused"]


async def test_words_are_found_in_what_was_said(web: Api) -> None:
    session = web.desk.add("Build").id
    turn = await web.desk.say(session, "Where is the bug?", key="k")
    assert turn
    web.desk.finish(session, turn, "In parser.py")

    found = (await web.get("/api/search", params={"q": "PARSER"})).json()

    assert [(one["session"], one["turn"]) for one in found] == [(session, turn)]


async def test_projects_are_listed(web: Api) -> None:
    projects = (await web.get("/api/projects")).json()

    assert projects == [
        {"name": "site", "path": "/srv/site", "agent": "claude", "model": "opus"}
    ]


async def test_what_is_not_as_described_is_told_and_not_repeated(web: Api) -> None:
    body = b'{"name": "\\ud800", "colour": "red"}'

    refused = await web.post(
        "/api/sessions", content=body, headers={"Content-Type": "application/json"}
    )

    assert refused.status_code == 422
    assert {error["at"] for error in refused.json()["errors"]} == {
        "body/name",
        "body/colour",
    }
    assert "red" not in refused.text


async def test_a_number_too_great_for_any_store_is_not_as_described(web: Api) -> None:
    assert (await web.get(f"/api/sessions/{10**30}")).status_code == 422


async def test_a_method_or_path_that_there_is_not_is_a_problem_too(web: Api) -> None:
    wrong = await web.put("/api/sessions")
    nowhere = await web.get("/api/nowhere")

    assert wrong.status_code == 405
    assert "GET" in wrong.headers["allow"] or "POST" in wrong.headers["allow"]
    assert nowhere.status_code == 404
    assert nowhere.headers["content-type"] == "application/problem+json"


async def test_text_that_is_no_json_is_a_problem(web: Api) -> None:
    refused = await web.post(
        "/api/sessions", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert refused.status_code == 422
