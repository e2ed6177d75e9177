"""What a session is told, and the answer to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from adapters.inbound import Choice
from adapters.views import DONE, Option, QuestionView, Said, TurnStatus
from tests.adapters.web.api import Api, api
from tests.adapters.web.reader import Reader, told


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path) as client:
        yield client


@pytest.fixture
def session(web: Api) -> int:
    return web.desk.add().id


async def begun(web: Api, session: int) -> str:
    """The newest turn, once there is one."""
    while not web.desk.entries[session]:
        await asyncio.sleep(0.01)
    return web.desk.turn(session).view.id


def question(turn: str, **fields: object) -> QuestionView:
    options = (Option("yes", "Allow"), Option("no", "Deny", words="Why?"))
    return QuestionView(
        id="q1",
        turn_id=turn,
        title="Run?",
        options=options,
        **fields,  # type: ignore[arg-type]  # a test's own choice
    )


# --- messages ------------------------------------------------------------------


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


# --- execute -------------------------------------------------------------------


async def test_execute_answers_with_the_finished_turn(web: Api, session: int) -> None:
    body = {"text": "Count", "output_schema": {"type": "integer"}}

    waiting = asyncio.create_task(web.post_json(f"sessions/{session}/execute", body))
    turn = await begun(web, session)
    web.desk.grow(session, turn, Said("On", complete=False))
    web.desk.finish(session, turn, "One")
    answer = (await waiting).json()

    assert answer["status"] == "finished"
    assert answer["turn"]["answer"] == "One"
    assert web.desk.heard[0].output_schema == '{"type": "integer"}'


async def test_execute_waits_until_somebody_answers_a_question(
    web: Api, session: int
) -> None:
    url = f"sessions/{session}/execute"
    waiting = asyncio.create_task(web.post_json(url, {"text": "Go"}))
    turn = await begun(web, session)
    web.desk.show(session, question(turn))

    await web.post_json(f"sessions/{session}/questions/q1", {"option": "yes"})
    web.desk.finish(session, turn, "Went")

    assert (await waiting).json()["turn"]["answer"] == "Went"


async def test_execute_without_waiting_gives_the_questions_back(
    web: Api, session: int
) -> None:
    url = f"sessions/{session}/execute?wait=false"
    waiting = asyncio.create_task(web.post_json(url, {"text": "Go"}, key="k"))
    turn = await begun(web, session)
    web.desk.show(session, question(turn))
    asked = (await waiting).json()

    await web.post_json(f"sessions/{session}/questions/q1", {"option": "yes"})
    web.desk.finish(session, turn, "Went")
    again = (await web.post_json(url, {"text": "Go"}, key="k")).json()

    assert asked["status"] == "waiting"
    assert asked["questions"][0]["id"] == "q1"
    assert again["status"] == "finished"
    assert again["turn"]["id"] == turn


async def test_execute_with_words_that_answer_follows_the_turn_that_asked(
    web: Api, session: int
) -> None:
    turn = await web.desk.say(session, "Go", key="k")
    assert turn
    web.desk.show(session, question(turn, free_text=True))

    url = f"sessions/{session}/execute"
    waiting = asyncio.create_task(web.post_json(url, {"text": "Blue"}))
    while web.desk.asked[session]["q1"].outcome != "Blue by You":
        await asyncio.sleep(0.01)
    web.desk.finish(session, turn, "Painted")

    assert (await waiting).json()["turn"]["id"] == turn


async def test_a_client_that_goes_away_stops_nothing_and_can_come_back(
    web: Api, session: int
) -> None:
    url = f"sessions/{session}/execute"
    leaving = asyncio.create_task(web.post_json(url, {"text": "Go"}, key="k"))
    turn = await begun(web, session)
    while not web.desk.watches:
        await asyncio.sleep(0.01)
    leaving.cancel()
    while web.desk.watches:  # nobody waits for it here any more
        await asyncio.sleep(0.01)

    assert web.desk.turn(session).view.status is TurnStatus.RUNNING
    web.desk.finish(session, turn, "Done")
    answer = await web.post_json(url, {"text": "Go"}, key="k")

    assert answer.json()["turn"]["answer"] == "Done"
    assert len(web.desk.heard) == 1


async def test_execute_as_a_stream_ends_with_its_turn_and_can_be_resumed(
    web: Api, session: int
) -> None:
    url = f"/api/sessions/{session}/execute"
    headers = {"Accept": "text/event-stream", "Idempotency-Key": "k"}
    reader = Reader()

    async with web.stream("POST", url, json={"text": "Go"}, headers=headers) as first:
        turn = await begun(web, session)
        web.desk.grow(session, turn, Said("Half", complete=False))
        stream = told(first)
        while "Half" not in reader.texts.values():
            reader.take(*await anext(stream))
    web.desk.finish(session, turn)
    await web.desk.say(session, "Another", key="later")
    headers["Last-Event-ID"] = reader.last_id
    async with web.stream("POST", url, json={"text": "Go"}, headers=headers) as again:
        async for id_, event in told(again):
            reader.take(id_, event)

    assert reader.kinds[0] == "RUN_STARTED"
    assert reader.kinds[-1] == "RUN_FINISHED"
    assert reader.texts == {f"{turn}-0": "Half"}
    assert list(reader.runs) == [turn]


async def test_a_stream_of_a_queued_turn_tells_of_it_alone(
    web: Api, session: int
) -> None:
    first = await web.desk.say(session, "First", key="first")
    assert first
    url = f"/api/sessions/{session}/execute"
    headers = {"Accept": "text/event-stream"}
    reader = Reader()

    async with web.stream("POST", url, json={"text": "Go"}, headers=headers) as answer:
        stream = told(answer)
        while not reader.state:
            reader.take(*await anext(stream))
        assert reader.state["turn"]["position"] == 1
        web.desk.finish(session, first, "Not for you")
        web.desk.finish(session, "t2", "For you")
        async for id_, event in stream:
            reader.take(id_, event)

    assert list(reader.texts.values()) == ["For you"]


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
