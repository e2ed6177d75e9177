"""Another run of Parley, in a process of its own that tests may kill or freeze.

    python -m tests.runner.bridge '{...}'

It opens one session, does what it reads on stdin, one JSON object a line ("prompt",
"steer", "allow", "release"), and writes what it hears as a line each: `Heard`.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Self, TypeAlias

from runner.base import Allow, Prompt, Session, SessionSpec
from runner.claude_runner import ClaudeRunner
from runner.events import Retold
from tests.runner.talk import WAIT_S

ROOT = Path(__file__).parents[2]
FAKE = ROOT / "tests" / "fake_agent.py"


class Bridge:
    """The way to it, for a test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.heard: list[dict[str, Any]] = []

    @classmethod
    async def start(cls, **runner: Any) -> Self:
        """Open a session there; *runner* is what `main` makes one of."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.runner.bridge", json.dumps(runner)),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 26,
        )
        bridge = cls(process)
        await bridge.until("Opened")
        return bridge

    @property
    def supervisor(self) -> int:
        return int(self.heard[0]["pid"])

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of that kind."""
        assert self._process.stdout
        async with asyncio.timeout(WAIT_S):
            while line := await self._process.stdout.readline():
                if not line.startswith(b'{"heard"'):
                    continue  # its log
                event: dict[str, Any] = json.loads(line)
                self.heard.append(event)
                if event["heard"] == kind:
                    return event
        raise AssertionError(f"it ended before any {kind}: {self.heard}")

    async def say(self, **order: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def allow(self, scope: str = "once", *rules: str) -> None:
        """What it just asked."""
        await self.say(allow=self.heard[-1]["request_id"], scope=scope, rules=rules)

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def gone(self) -> None:
        """It has ended by itself."""
        async with asyncio.timeout(WAIT_S):
            await self._process.communicate()


Bridges: TypeAlias = Callable[..., Coroutine[Any, Any, Bridge]]
Fakes: TypeAlias = Callable[..., ClaudeRunner]


def tell(kind: str, **facts: object) -> None:
    print(json.dumps({"heard": kind, **facts}, default=str), flush=True)


async def listen(session: Session) -> None:
    async for event in session.events():
        for one in event.events if isinstance(event, Retold) else (event,):
            about = {"request_id": getattr(one, "request_id", "")}
            tell(type(one).__name__, **about)


async def obey(session: Session, order: dict[str, Any], runner: ClaudeRunner) -> bool:
    """False: leave."""
    match order:
        case {"prompt": text, "id": uuid}:
            await session.prompt(Prompt(uuid=uuid, text=text))
        case {"steer": text, "id": uuid}:
            await session.steer(Prompt(uuid=uuid, text=text))
        case {"allow": request_id, "scope": scope, "rules": rules}:
            answer = Allow(scope=scope, rules=tuple(rules))
            await session.answer(request_id, answer)
        case {"release": True}:
            runner.release()
            return False
        case _:
            raise AssertionError(order)
    tell("Done")
    return True


async def main() -> None:
    given = json.loads(sys.argv[1])
    spec = SessionSpec(
        session_id=given["session_id"],
        workspace=Path(given["workspace"]),
        turn=given.get("turn", ""),
    )
    runner = ClaudeRunner(
        given["command"],
        billing=given["billing"],
        env=given["env"],
        environ=given["environ"],
        state=Path(given["state"]),
        unclaimed_s=given.get("unclaimed_s", 600.0),
    )
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    await runner.sweep()
    async with runner.open(spec) as session:
        listening = asyncio.create_task(listen(session))
        tell("Opened", pid=session.pid)
        while line := await orders.readline():
            if not await obey(session, json.loads(line), runner):
                break
        listening.cancel()


if __name__ == "__main__":
    asyncio.run(main())
