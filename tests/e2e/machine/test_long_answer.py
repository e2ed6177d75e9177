"""An answer of megabytes, on Telegram, while everything else goes on."""

import asyncio

import httpx

from tests.e2e.machine.clinic import Clinic
from tests.messages_reply import Reply, Say

#: The fake of the API sends what has no space in it at once: a delta of 1 kB.
PARAGRAPH = "-".join(["words"] * 180)
LONG = "\n\n".join([PARAGRAPH] * 4_700)


async def test_it_is_a_few_messages_and_a_file_and_nobody_waits(clinic: Clinic) -> None:
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.answered("first")

    clinic.api.then(Reply(blocks=[Say(LONG)]))
    clinic.telegram.say("Tell me all of it.")
    async with httpx.AsyncClient(base_url=clinic.url) as page:
        async with asyncio.timeout(55):
            while not any(m.file_name for m in clinic.telegram.chat()):
                alive = await page.get("/livez", timeout=5)
                assert alive.status_code == 200
                await asyncio.sleep(0.1)

    [file] = [m for m in clinic.telegram.chat() if m.file_name]
    assert len(LONG) > 5_000_000
    assert file.data == LONG.encode()
    assert len(clinic.telegram.chat()) < 16
    await clinic.shows("All of it is in answer.md below.")
