"""Execute answers with the whole turn, or with what it asks."""

import asyncio

from adapters.views import Said, TurnStatus
from tests.adapters.web.api import Api
from tests.adapters.web.asked import begun, question
from tests.adapters.web.reader import Reader, told


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
