"""The HTTP API of the whole program, with the real claude."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import openai

from tests.e2e.parley import WebParley, eventually, web_world
from tests.telegram_server import FakeTelegram


async def session(client: httpx.AsyncClient, **settings: object) -> int:
    answer = await client.post("/api/sessions", json=settings)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def events(
    client: httpx.AsyncClient, session: int, since: str = ""
) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """Ids and events of a session's stream, until the caller has enough."""
    headers = {"Last-Event-ID": since} if since else {}
    where = f"/api/sessions/{session}/events"
    async with client.stream("GET", where, headers=headers) as answer:
        assert answer.status_code == 200
        event_id = ""
        async for line in answer.aiter_lines():
            if line.startswith("id:"):
                event_id = line.removeprefix("id:").strip()
            elif line.startswith("data:"):
                yield event_id, json.loads(line.removeprefix("data:"))


async def test_a_prompt_is_answered_as_one_json(parley: WebParley) -> None:
    await parley.begin()
    async with parley.client() as client:
        here = await session(client, name="first")

        answer = await client.post(
            f"/api/sessions/{here}/execute", json={"text": "SAY[Hello from the model.]"}
        )

        assert answer.status_code == 200, answer.text
        assert "Hello from the model." in answer.text
        listed = (await client.get("/api/sessions")).json()
        assert "first" in str(listed)


async def test_the_same_key_starts_nothing_twice_through_a_kill(
    parley: WebParley,
) -> None:
    await parley.begin()
    keyed = {"Idempotency-Key": "once"}
    async with parley.client() as client:
        here = await session(client)
        where = f"/api/sessions/{here}/messages"
        first = await client.post(where, json={"text": "SAY[only]"}, headers=keyed)
        await parley.kill()
        await parley.begin()

        again = await client.post(where, json={"text": "SAY[only]"}, headers=keyed)

        assert first.status_code == again.status_code == 202
        assert first.json() == again.json()
        await eventually(
            lambda: parley.rows("SELECT state FROM turn") == [("delivered",)]
        )


async def test_a_stream_goes_on_after_a_kill_with_nothing_missing_and_nothing_twice(
    parley: WebParley,
) -> None:
    await parley.begin()
    async with parley.client() as client:
        here = await session(client)
        words: list[str] = []
        last = ""

        async def read(enough: str) -> None:
            nonlocal last
            async for event_id, event in events(client, here, last):
                last = event_id or last
                if event["type"] == "CUSTOM" and event.get("name") == "reset":
                    words.clear()
                if event["type"] == "TEXT_MESSAGE_CONTENT":
                    words.append(event["delta"])
                if enough in "".join(words) or event["type"] == "RUN_FINISHED":
                    return

        saying = {"text": "WORDS[40] SLOW[50]"}
        await client.post(f"/api/sessions/{here}/messages", json=saying)
        async with asyncio.timeout(30):
            await read("word20")
        await eventually(
            lambda: parley.rows("SELECT state FROM turn") == [("delivered",)]
        )
        await parley.kill()
        await parley.begin()
        async with asyncio.timeout(30):
            await read("word39")

        assert "".join(words).split() == [f"word{n}" for n in range(40)]


async def test_a_permission_is_given_over_the_api(parley: WebParley) -> None:
    await parley.begin()
    async with parley.client() as client:
        here = await session(client, project="default")
        asking = {"text": "RUN[echo ran >> proof.txt]RUN"}
        await client.post(f"/api/sessions/{here}/messages", json=asking)

        async def open_question() -> dict[str, Any]:
            while True:
                found = (await client.get(f"/api/sessions/{here}/questions")).json()
                asked: list[dict[str, Any]] = (
                    found["questions"] if isinstance(found, dict) else found
                )
                if asked:
                    return asked[0]
                await asyncio.sleep(0.05)

        async with asyncio.timeout(20):
            question = await open_question()
        allowed = await client.post(
            f"/api/sessions/{here}/questions/{question['id']}", json={"option": "once"}
        )

        assert allowed.status_code == 202, allowed.text
        proof = parley.workspace / "proof.txt"
        await eventually(lambda: proof.exists() and proof.read_text() == "ran\n")


async def test_the_openai_client_chats_and_streams(parley: WebParley) -> None:
    await parley.begin()
    async with openai.AsyncOpenAI(
        base_url=f"{parley.url}/v1", api_key=parley.token
    ) as client:
        models = [model.id async for model in client.models.list()]
        said = await client.chat.completions.create(
            model=models[0],
            messages=[{"role": "user", "content": "SAY[Hello from the model.]"}],
        )
        stream = await client.chat.completions.create(
            model=models[0],
            messages=[{"role": "user", "content": "WORDS[5] please"}],
            stream=True,
        )
        streamed = ""
        async for chunk in stream:
            for choice in chunk.choices:
                streamed += choice.delta.content or ""

    assert "Hello from the model." in (said.choices[0].message.content or "")
    assert streamed.split() == [f"word{n}" for n in range(5)]


async def test_a_session_without_a_project_has_a_folder_of_its_own(
    parley: WebParley,
) -> None:
    await parley.begin()
    async with parley.client() as client:
        here = await session(client, permission_mode="acceptEdits")
        folder = parley.state / "storage" / str(here)
        await client.post(
            f"/api/sessions/{here}/execute", json={"text": f"WRITE[{folder}/made.txt]"}
        )

        listed = await client.get(f"/api/sessions/{here}/storage")
        fetched = await client.get(f"/api/sessions/{here}/storage/made.txt")

        assert "made.txt" in listed.text
        assert fetched.text.strip() == "hello"
        gone = await client.delete(f"/api/sessions/{here}")
        assert gone.status_code == 204
        await eventually(lambda: not folder.exists())


async def test_it_is_ready_and_says_what_it_measures(parley: WebParley) -> None:
    await parley.begin()
    async with parley.client() as client, httpx.AsyncClient() as stranger:
        here = await session(client)
        await client.post(f"/api/sessions/{here}/execute", json={"text": "SAY[hi]"})
        alive = await stranger.get(f"{parley.url}/healthz")
        ready = await client.get("/readyz")
        metrics = await client.get("/metrics")

    assert alive.status_code == 200
    assert ready.status_code == 200, ready.text
    assert 'parley_turns_total{outcome="done",platform="web"} 1.0' in metrics.text


async def test_a_turn_from_telegram_is_decided_here_and_its_card_retires_there(
    tmp_path: Path,
) -> None:
    async with FakeTelegram() as telegram, web_world(tmp_path, telegram) as parley:
        await parley.begin()
        telegram.say("RUN[echo ran >> proof.txt]RUN")
        chat = await telegram.until(lambda chat: "✅ Allow once" in chat[-1].labels)
        card = chat[-1]
        async with parley.client() as client:
            (here,) = (await client.get("/api/sessions")).json()["sessions"]
            where = f"/api/sessions/{here['id']}/questions"
            found = (await client.get(where)).json()
            (question,) = found["questions"] if isinstance(found, dict) else found

            await client.post(f"{where}/{question['id']}", json={"option": "once"})

            await telegram.until(lambda _: not card.buttons)
        assert "Allowed once by" in card.text
        await telegram.until(lambda chat: any("Tool said" in m.text for m in chat))
        assert telegram.refusals == []


async def test_sigterm_ends_it_with_streams_open(parley: WebParley) -> None:
    await parley.begin()
    async with parley.client() as client:
        here = await session(client)
        stream = events(client, here)
        reading = asyncio.ensure_future(anext(stream, None))
        await eventually(lambda: not reading.done())

        code = await parley.stop()

        assert code == 0
        await asyncio.wait([reading])  # it ends by itself
        await stream.aclose()  # type: ignore[attr-defined]  # it is a generator
    assert parley.family() == []
