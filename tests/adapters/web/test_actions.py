"""What is sent, stopped, answered and commanded by the API happens once."""

import asyncio
import json

import httpx
import pytest

from adapters.inbound import Choice
from adapters.views import DONE
from tests.adapters.web.api import Api
from tests.adapters.web.asked import begun, question


async def test_a_message_is_accepted_with_its_turn(web: Api, session: int) -> None:
    answer = await web.post_json(f"sessions/{session}/messages", {"text": "Hello"})

    assert answer.status_code == 202
    assert answer.json() == {"turn": "t1"}
    assert web.desk.heard[0].value == "Hello"


async def test_a_message_sent_again_with_its_key_is_one_message(
    web: Api, session: int
) -> None:
    url = f"sessions/{session}/messages"
    answers = [await web.post_json(url, {"text": "Hello"}, key="k") for _ in range(3)]

    assert [answer.json()["turn"] for answer in answers] == ["t1"] * 3
    assert len(web.desk.heard) == 1


async def test_a_key_means_another_thing_on_another_route_or_session(
    web: Api, session: int
) -> None:
    other = web.desk.add().id
    command = {"name": "status"}

    await web.post_json(f"sessions/{session}/messages", {"text": "Hello"}, key="k")
    await web.post_json(f"sessions/{other}/messages", {"text": "Hello"}, key="k")
    await web.post_json(f"sessions/{session}/commands", command, key="k")

    assert len({heard.key for heard in web.desk.heard}) == 3


@pytest.mark.parametrize("body", [{}, {"text": "  \n"}])
async def test_a_message_that_says_nothing_is_refused(
    web: Api, session: int, body: dict[str, str]
) -> None:
    refused = await web.post_json(f"sessions/{session}/messages", body)

    assert refused.status_code == 422
    assert not web.desk.heard


async def test_words_that_answer_a_question_start_no_turn(
    web: Api, session: int
) -> None:
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    web.desk.show(session, question(turn, free_text=True))

    answer = await web.post_json(f"sessions/{session}/messages", {"text": "Blue"})

    assert answer.json() == {"turn": None}


# --- stop, answers, commands ---------------------------------------------------


async def test_stop_ends_a_running_turn_and_cancels_a_queued_one(
    web: Api, session: int
) -> None:
    for words in ("One", "Two"):
        await web.desk.say(session, words, key=words)

    second = await web.post(f"/api/sessions/{session}/turns/t2/stop")
    first = await web.post(f"/api/sessions/{session}/turns/t1/stop")
    unknown = await web.post(f"/api/sessions/{session}/turns/t9/stop")

    chosen = [heard.value for heard in web.desk.heard if heard.what == "choose"]
    assert chosen == [Choice("t2", "cancel"), Choice("t1", "stop")]
    assert (first.status_code, second.status_code) == (202, 202)
    assert unknown.status_code == 404


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ({"option": "yes"}, Choice("q1", "yes")),
        ({"option": "no", "text": "Too risky"}, Choice("q1", "no", "Too risky")),
        ({"text": "Blue"}, Choice("q1", "", "Blue")),
        (
            {"chosen": ["yes", "no"]},
            Choice("q1", DONE, chosen=("yes", "no")),
        ),
    ],
)
async def test_an_answer_reaches_the_desk_as_a_choice(
    web: Api, session: int, given: dict[str, object], choice: Choice
) -> None:
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    web.desk.show(session, question(turn))

    answer = await web.post_json(f"sessions/{session}/questions/q1", given)

    assert answer.status_code == 202
    assert answer.json() is None
    assert web.desk.heard[-1].value == choice


@pytest.mark.parametrize("given", [{}, {"option": "maybe"}, {"chosen": ["yes", "x"]}])
async def test_an_answer_that_cannot_be_chosen_is_refused(
    web: Api, session: int, given: dict[str, object]
) -> None:
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    web.desk.show(session, question(turn))

    refused = await web.post_json(f"sessions/{session}/questions/q1", given)

    assert refused.status_code == 422
    assert len(web.desk.heard) == 1


async def test_open_questions_are_listed_until_they_are_decided(
    web: Api, session: int
) -> None:
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    web.desk.show(session, question(turn))
    url = f"sessions/{session}/questions"

    asked = (await web.get(f"/api/{url}")).json()
    await web.post_json(f"{url}/q1", {"option": "yes"})

    assert [one["title"] for one in asked] == ["Run?"]
    assert (await web.get(f"/api/{url}")).json() == []


async def test_a_command_reaches_the_desk_without_its_slash(
    web: Api, session: int
) -> None:
    command = {"name": "/model", "argument": "opus"}

    answer = await web.post_json(f"sessions/{session}/commands", command)

    assert answer.status_code == 202
    assert web.desk.heard[0].value == ("model", "opus")


async def test_many_clients_may_wait_for_the_same_turn(web: Api, session: int) -> None:
    async def execute() -> httpx.Response:
        return await web.post_json(
            f"sessions/{session}/execute", {"text": "Go"}, key="k"
        )

    waiting = [asyncio.create_task(execute()) for _ in range(20)]
    turn = await begun(web, session)
    while len(web.desk.watches) < 20:
        await asyncio.sleep(0.01)
    web.desk.finish(session, turn, "Done")
    answers = {json.dumps(answer.json()) for answer in await asyncio.gather(*waiting)}

    assert len(answers) == 1
    assert len(web.desk.heard) == 1
