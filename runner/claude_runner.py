"""Starts Claude Code, looks into its records, and leaves no process behind."""

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    suppress,
)
from pathlib import Path

import structlog

from runner import claude, sandbox, session_file
from runner.base import Evidence, SessionInfo, SessionSpec
from runner.claude_account import examine, payer
from runner.claude_launch import Launch, located
from runner.claude_past import Past, past_of, why_not_started
from runner.claude_session import ClaudeSession
from runner.cli import Refused as Rejected
from runner.environment import Billing, child_environment
from runner.errors import AgentNotFound, NotAtWork, RunnerError
from runner.homes import Home
from runner.leftovers import Marks
from runner.locate import version
from runner.process import Child, Leaving, Patience, attached, in_any_case, started
from runner.record import Record
from runner.sessions import sessions

log = structlog.get_logger()


class ClaudeRunner:
    agent = "claude"

    def __init__(
        self,
        command: Sequence[str] = ("claude",),
        *,
        billing: Billing,
        env: Mapping[str, str],  # the operator's extra variables
        environ: Mapping[str, str],  # our own
        state: Path,  # tells our leftovers from another Parley's
        patience: Patience = Patience(),  # noqa: B008 - it is frozen
        redact: Callable[[str], str] = str,  # takes secrets out of what is kept
        unclaimed_s: float = 600.0,  # how long an agent waits for the next Parley
    ) -> None:
        self._command = command
        self._billing: Billing = billing
        self._env = env
        self._environ = environ
        self._state = state
        self._marks = Marks(state)
        self._leaving = Leaving(patience)
        self._redact = redact
        self._unclaimed_s = unclaimed_s
        self._left: dict[str, Home] | None = None  # agents of earlier runs

    @asynccontextmanager
    async def open(self, spec: SessionSpec) -> AsyncIterator[ClaudeSession]:
        launch = self._prepared(spec)
        async with AsyncExitStack() as stack:
            session = await self._taken_up(launch, stack)
            if session is None and spec.turn:
                raise NotAtWork("session-over")
            if session is None:
                new = self._started(launch)
                try:
                    session = await stack.enter_async_context(new)
                except OSError as error:  # no file descriptor is left, or no room
                    words = f"{launch.command[0]}: {error.strerror}"
                    raise AgentNotFound("agent-not-started", words=words) from error
            yield session

    @asynccontextmanager
    async def _started(self, launch: Launch) -> AsyncIterator[ClaudeSession]:
        spec, env = launch.spec, launch.env
        past = await asyncio.to_thread(past_of, spec, env)
        arguments = claude.arguments(spec, resume=past.resume, fork=past.fork)
        given = [*launch.command, *arguments]
        where, state = past.elsewhere, self._state
        running = started(
            self._marks.homes.new(launch.about),
            sandbox.wrapped(given, spec, env, state=state, elsewhere=where),
            cwd=spec.workspace,
            env=env,
            limits=spec.limits,
            claim=self._marks.claim,
            unclaimed_s=self._unclaimed_s,
            leaving=self._leaving,
            record=self._record(spec),
        )
        async with self._session(running, spec) as session:
            await _initialize(session, past)
            examine(session.account, self._billing)
            log.info("agent.started", pid=session.pid, **past.facts)
            yield session

    async def _taken_up(
        self, launch: Launch, stack: AsyncExitStack
    ) -> ClaudeSession | None:
        """The agent that an earlier run left, if it will do; else it is ended."""
        spec = launch.spec
        home = (await self._scanned()).pop(spec.session_id, None)
        if home is None:
            return None
        attempt = AsyncExitStack()
        try:
            session = await attempt.enter_async_context(self._attached(home, spec))
            suits = await self._suits(session, launch)
        except (Rejected, OSError, RunnerError) as error:
            log.info("agent.not_taken_up", error=str(error))
            suits = False
        except BaseException:
            await in_any_case(self._given_up(attempt, home))
            raise
        if not suits:
            await in_any_case(self._given_up(attempt, home))
            return None
        await stack.enter_async_context(attempt)
        log.info("agent.taken_up", pid=session.pid)
        return session

    async def _given_up(self, attempt: AsyncExitStack, home: Home) -> None:
        """Whether we were attached by then or not: it ends."""
        await attempt.aclose()
        if not self._leaving.release.is_set():
            await asyncio.to_thread(self._marks.end, home)

    async def _suits(self, session: ClaudeSession, launch: Launch) -> bool:
        """Whether it can go on. If only for the turn it is at, it ends after that."""
        spec = launch.spec
        if not await session.take_up(spec.turn, self._leaving.patience.result):
            return False
        if spec.turn and not session.holds(spec.turn):
            return False
        at_work = session.taken_up
        if not at_work and session.over:
            return False
        if not session.over:
            await session.initialize()
        examine(session.account, self._billing)
        if session.started_as(launch.about):
            await session.adjust(model=spec.model, mode=spec.permission_mode)
        elif at_work:
            session.retire()
        else:
            return False
        return True

    @asynccontextmanager
    async def _attached(
        self, home: Home, spec: SessionSpec
    ) -> AsyncIterator[ClaudeSession]:
        running = attached(
            await asyncio.to_thread(home.connect),
            home,
            claim=self._marks.claim,
            leaving=self._leaving,
            record=self._record(spec),
        )
        async with self._session(running, spec) as session:
            yield session

    @asynccontextmanager
    async def _session(
        self, running: AbstractAsyncContextManager[Child], spec: SessionSpec
    ) -> AsyncIterator[ClaudeSession]:
        listening: asyncio.Task[None] | None = None
        try:
            async with running as child:
                session = ClaudeSession(
                    child,
                    str(spec.workspace.resolve()),
                    keys_may_pay=self._billing == "api_key",
                    tools=spec.tools,
                    redact=self._redact,
                )
                listening = asyncio.create_task(session.listen())
                try:
                    yield session
                finally:
                    if not (
                        self._leaving.hurry.is_set() or self._leaving.release.is_set()
                    ):
                        await session.settle(self._leaving.patience.result)
                    session.expect_end()
        finally:
            if listening is not None:
                await asyncio.wait((listening,), timeout=2)
                listening.cancel()

    async def sessions(self, workspace: Path, *, limit: int) -> Sequence[SessionInfo]:
        where = {**self._environ, **self._env}
        return await asyncio.to_thread(
            lambda: sessions(workspace.resolve(), where, limit=limit)
        )

    async def evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        await self.abandon(spec.session_id)  # it may write that very record
        return await asyncio.to_thread(self._evidence, spec, uuids)

    async def sweep(self) -> int:
        ended = await asyncio.to_thread(self._marks.sweep)
        await self._scanned()
        return ended

    async def living(self) -> frozenset[str]:
        return frozenset(await self._scanned())

    async def abandon(self, session_id: str) -> None:
        home = (await self._scanned()).pop(session_id, None)
        if home is None:
            return
        spec = SessionSpec(session_id=session_id, workspace=Path())
        with suppress(Rejected, OSError):
            async with self._attached(home, spec) as session:
                await session.take_up("", self._leaving.patience.result)
        await asyncio.to_thread(self._marks.end, home)

    def release(self) -> None:
        self._leaving.release.set()

    def hurry(self) -> None:
        self._leaving.hurry.set()

    async def ready(self) -> str:
        with tempfile.TemporaryDirectory(prefix="parley-") as folder:
            spec = SessionSpec(session_id=str(uuid.uuid4()), workspace=Path(folder))
            launch = self._prepared(spec)
            return await version(launch.command, launch.env)

    async def check(self) -> Mapping[str, str]:
        with tempfile.TemporaryDirectory(prefix="parley-doctor-") as folder:
            spec = SessionSpec(session_id=str(uuid.uuid4()), workspace=Path(folder))
            launch = self._prepared(spec)
            number = await version(launch.command, launch.env)
            async with self.open(spec) as session:
                pays_with = payer(session.account)
        return {"at": launch.command[0], "version": number, "pays with": pays_with}

    def _evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        # Where to look does not depend on who pays: no need to refuse two credentials.
        where = {**self._environ, **self._env, **spec.env}
        file = session_file.find(spec.session_id, where)
        if file is None:
            return Evidence()
        return session_file.evidence(file, uuids, str(spec.workspace.resolve()))

    def _prepared(self, spec: SessionSpec) -> Launch:
        """Raises `RunnerError` if the environment or the command will not do."""
        env = child_environment(
            self._environ,
            {**self._env, **spec.env},
            billing=self._billing,
            mark=self._marks.new(),
        )
        return located(spec, self._command, env)

    def _record(self, spec: SessionSpec) -> Record | None:
        return Record(spec.record, self._redact) if spec.record else None

    async def _scanned(self) -> dict[str, Home]:
        """The agents of earlier runs that were not taken up yet."""
        if self._left is None:
            self._left = dict(await asyncio.to_thread(self._marks.living))
        return self._left


async def _initialize(session: ClaudeSession, past: Past) -> None:
    try:
        await session.initialize()
    except RunnerError as error:
        if better := why_not_started(session.exceeded, session.last_words, past):
            raise better from error
        raise
