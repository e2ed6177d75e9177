"""The other processes of `tests.bench.streaming`: one writes the words, one reads them.

With `python -m tests.bench.streaming_clients`, each tells on stdout, as JSON:

    feed SOCKET         what it took
    read URL TOKEN      how late each word was
    ask URL... TOKEN    milliseconds a GET

Both sides share one clock: `time.monotonic` is the machine's.
"""

import asyncio
import json
import re
import socket
import sys
import time
import uuid
from collections.abc import Sequence

import aiohttp

from runner.demo_pipe import Pipe
from runner.demo_speech import Speech

CONVERSATIONS = 500
DELTAS_A_SECOND = 20
SECONDS = 10
SLICES = 10  # the conversations of one tick, so that words do not come all at once
WARM_UP, REQUESTS = 200, 1000
WORDS = re.compile(rb'"delta":"([\d. ]+)"')


class Voice:
    """One demo agent, as far as its words go, on a connection of its own."""

    def __init__(self, number: int, place: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(place)
        self._prompt = f"p{number}"
        pipe = Pipe(stdout=self._socket.fileno())
        self._speech = Speech(pipe, str(uuid.uuid4()), cwd="/", mode="default")
        self._said = ""

    def begin(self) -> None:
        message = {"role": "user", "content": "long"}
        entry = {"uuid": self._prompt, "message": message, "timestamp": ""}
        self._speech.begin(entry)
        self._speech.open_message()

    def go_on(self) -> None:
        word = f"{time.monotonic():.3f} "
        self._said += word
        self._speech.delta(word)

    def end(self) -> None:
        self._speech.blocks([{"type": "text", "text": self._said}])
        self._speech.finished(self._prompt, self._said)
        self._socket.close()


def feed(place: str) -> None:
    voices = [Voice(number, place) for number in range(1, CONVERSATIONS + 1)]
    for voice in voices:
        voice.begin()
    tick_s = 1 / DELTAS_A_SECOND / SLICES
    begun = time.monotonic()
    for tick in range(SECONDS * DELTAS_A_SECOND * SLICES):
        time.sleep(max(0.0, begun + tick * tick_s - time.monotonic()))
        for voice in voices[tick % SLICES :: SLICES]:
            voice.go_on()
    took = time.monotonic() - begun
    for voice in voices:
        voice.end()
    print(json.dumps({"took_s": took, "cpu_s": time.process_time()}), flush=True)


async def read(url: str, token: str) -> None:
    """Says "ready" once everybody listens; ends when every turn has ended."""
    late: list[float] = []
    last: list[float] = []
    events = 0
    connected = asyncio.Barrier(CONVERSATIONS + 1)
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        nonlocal events
        async with session.get(f"{url}/api/sessions/{number}/events") as answer:
            answer.raise_for_status()
            await connected.wait()
            newest = 0.0
            async for line in answer.content:
                if not line.startswith(b"data:"):
                    continue
                now = time.monotonic()
                events += 1
                if words := WORDS.search(line):
                    late.extend(now - float(word) for word in words[1].split())
                    newest = now - float(words[1].split()[-1])
                if b'"RUN_FINISHED"' in line:
                    last.append(newest)
                    return

    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(
            headers=headers, connector=connector, timeout=timeout
        ) as session,
        asyncio.TaskGroup() as tasks,
    ):
        for number in range(1, CONVERSATIONS + 1):
            tasks.create_task(one(session, number))
        await connected.wait()
        print(json.dumps("ready"), flush=True)
    told = {"late": late, "last": last, "events": events}
    print(json.dumps({**told, "cpu_s": time.process_time()}), flush=True)


async def ask(urls: Sequence[str], token: str) -> None:
    """The same question to each URL in turn, so that a noisy moment meets all."""
    times: list[list[float]] = [[] for _ in urls]
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for _ in range(WARM_UP + REQUESTS):
            for url, column in zip(urls, times, strict=True):
                asked = time.perf_counter()
                async with session.get(url) as answer:
                    answer.raise_for_status()
                    await answer.read()
                column.append((time.perf_counter() - asked) * 1000)
    print(json.dumps([column[WARM_UP:] for column in times]), flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["feed", place]:
            feed(place)
        case ["read", url, token]:
            asyncio.run(read(url, token))
        case ["ask", *urls, token]:
            asyncio.run(ask(urls, token))
        case other:
            sys.exit(f"{other} is none of the above; see the top of this file")
