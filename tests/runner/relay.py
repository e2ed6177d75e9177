"""A turn that one run of Parley begins and another one takes up."""

import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from runner.base import SessionSpec
from runner.claude_runner import ClaudeRunner
from tests.runner.bridge import Bridge
from tests.runner.talk import Talk


class Relay:
    def __init__(
        self, first: Mapping[str, Any], runner: ClaudeRunner, spec: SessionSpec
    ) -> None:
        self.turn = str(uuid.uuid4())
        self._first = first
        self._runner = runner
        self._spec = spec
        self._order = ""
        self._started: list[Bridge] = []

    async def start(self, **more: Any) -> Bridge:
        """A run that has the session open, and nothing to do."""
        bridge = await Bridge.start(**self._first, **more)
        self._started.append(bridge)
        return bridge

    async def begin(
        self, order: str, *, until: str = "TextDelta", **more: Any
    ) -> Bridge:
        """A run in the middle of the turn: it has just heard that kind of event."""
        self._order = order
        bridge = await self.start(**more)
        await bridge.say(prompt=order, id=self.turn)
        await bridge.until(until)
        return bridge

    async def living(self) -> None:
        """The next run spares the agent, and finds it."""
        assert await self._runner.sweep() == 0
        assert await self._runner.living() == {self._spec.session_id}

    @asynccontextmanager
    async def go_on(self, **changed: Any) -> AsyncIterator[Talk]:
        """The next run gives the turn's prompt again."""
        spec = replace(self._spec, turn=self.turn, **changed)
        async with self._runner.open(spec) as session:
            talk = Talk(session)
            await talk.prompt(self._order, id_=self.turn)
            yield talk

    async def end(self) -> None:
        for bridge in self._started:
            await bridge.kill()
