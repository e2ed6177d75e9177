"""Commands and languages over HTTP, and what is done with a queued turn."""

import pytest

from adapters.inbound import Choice
from adapters.views import QuestionView, TurnStatus
from tests.adapters.web.api import Api


async def test_the_table_is_listed_with_the_agents_own(web: Api, session: int) -> None:
    here = (await web.get(f"/api/sessions/{session}/commands")).json()
    anew = (await web.get("/api/commands")).json()
    nowhere = await web.get("/api/sessions/99/commands")

    assert [one["name"] for one in here] == ["status", "model", "review"]
    assert [one["own"] for one in here] == [True, True, False]
    assert [one["name"] for one in anew] == ["status", "model"]
    assert nowhere.status_code == 404


async def test_an_agents_command_has_the_name_of_its_plugin(
    web: Api, session: int
) -> None:
    told = {"name": "/tools:review-pr", "argument": "7"}
    answer = await web.post_json(f"sessions/{session}/commands", told)

    assert answer.status_code == 202
    assert web.desk.heard[-1].value == ("tools:review-pr", "7")


@pytest.mark.parametrize("deed", ["steer", "instead"])
async def test_a_queued_turn_is_told_now_or_done_instead(
    web: Api, session: int, deed: str
) -> None:
    await web.desk.say(session, "First", key="1")
    queued = await web.desk.say(session, "Second", key="2") or ""
    turns = (await web.get(f"/api/sessions/{session}/turns")).json()["turns"]
    assert [turn["can"] for turn in turns] == [["stop"], ["steer", "instead", "stop"]]

    url = f"sessions/{session}/turns"
    for _ in range(2):
        answer = await web.post_json(f"{url}/{queued}/{deed}", {}, key="k")
        assert answer.status_code == 202

    chosen = [one.value for one in web.desk.heard if one.what == "choose"]
    assert chosen == [Choice(queued, deed)]
    assert (await web.post_json(f"{url}/t99/{deed}", {})).status_code == 404
    assert (await web.post_json(f"{url}/{queued}/dance", {})).status_code == 422


async def test_a_card_of_no_turn_is_among_the_questions_and_in_the_state(
    web: Api, session: int
) -> None:
    web.desk.show(session, QuestionView(id="q1", turn_id="", title="Which model?"))

    [asked] = (await web.get(f"/api/sessions/{session}/questions")).json()

    assert (asked["id"], asked["turn"]) == ("q1", "")


async def test_who_types_is_expected(web: Api, session: int) -> None:
    answer = await web.post(f"/api/sessions/{session}/typing")

    assert answer.status_code == 202
    assert web.desk.expected == [session]
    assert (await web.post("/api/sessions/99/typing")).status_code == 404


async def test_what_is_done_goes_with_the_language_of_who_does_it(
    web: Api, session: int
) -> None:
    web.headers["Accept-Language"] = "de-DE, ko-KR;q=0.8, en;q=0.3"
    await web.post_json(f"sessions/{session}/messages", {"text": "안녕"})
    await web.post_json(f"sessions/{session}/commands", {"name": "status"})
    await web.post_json(f"sessions/{session}/turns/t1/stop", {})

    assert [one.language for one in web.desk.heard] == ["ko", "ko", "ko"]
    assert web.desk.turn(session).view.status is TurnStatus.CANCELLED


async def test_a_language_is_chosen_from_those_there_are(web: Api) -> None:
    known = await web.put("/api/language", json={"language": "ko"})
    unknown = await web.put("/api/language", json={"language": "tlh"})

    assert (known.status_code, unknown.status_code) == (204, 422)
    assert web.desk.chosen_language == "ko"
