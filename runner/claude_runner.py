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
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import structlog

from runner import claude, sandbox, session_file
from runner.base import Evidence, SessionInfo, SessionSpec
from runner.claude_past import Past, past_of, why_not_started
from runner.claude_session import ClaudeSession
from runner.cli import Refused as Rejected
from runner.environment import MARK, Billing, child_environment
from runner.errors import AgentNotFound, AgentUnsuitable, NotAtWork, RunnerError
from runner.homes import About, Home, digest
from runner.leftovers import Marks
from runner.locate import locate, reachable, version
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
        env, command = self._prepared(spec)
        about = self._about(spec, env, command)
        async with AsyncExitStack() as stack:
            session = await self._taken_up(spec, about, stack)
            if session is None and spec.turn:
                raise NotAtWork("session-over")
            if session is None:
                new = self._started(spec, env, command, about)
                try:
                    session = await stack.enter_async_context(new)
                except OSError as error:  # no file descriptor is left, or no room
                    words = f"{command[0]}: {error.strerror}"
                    raise AgentNotFound("agent-not-started", words=words) from error
            yield session

    @asynccontextmanager
    async def _started(
        self,
        spec: SessionSpec,
        env: Mapping[str, str],
        command: list[str],
        about: About,
    ) -> AsyncIterator[ClaudeSession]:
        past = await asyncio.to_thread(past_of, spec, env)
        given = [*command, *claude.arguments(spec, resume=past.resume, fork=past.fork)]
        where, state = past.elsewhere, self._state
        running = started(
            self._marks.homes.new(about),
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
            self._examine(session.account)
            log.info("agent.started", pid=session.pid, **past.facts)
            yield session

    async def _taken_up(
        self, spec: SessionSpec, about: About, stack: AsyncExitStack
    ) -> ClaudeSession | None:
        """The agent that an earlier run left, if it will do; else it is ended."""
        home = (await self._scanned()).pop(spec.session_id, None)
        if home is None:
            return None
        attempt = AsyncExitStack()
        try:
            session = await attempt.enter_async_context(self._attached(home, spec))
            suits = await self._suits(session, spec, about)
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

    async def _suits(
        self, session: ClaudeSession, spec: SessionSpec, about: About
    ) -> bool:
        """Whether it can go on. If only for the turn it is at, it ends after that."""
        if not await session.take_up(spec.turn, self._leaving.patience.result):
            return False
        if spec.turn and not session.holds(spec.turn):
            return False
        at_work = session.taken_up
        if not at_work and session.over:
            return False
        if not session.over:
            await session.initialize()
        self._examine(session.account)
        if session.started_as(about):
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
            env, command = self._prepared(spec)
            return await version(command, env)

    async def check(self) -> Mapping[str, str]:
        with tempfile.TemporaryDirectory(prefix="parley-doctor-") as folder:
            spec = SessionSpec(session_id=str(uuid.uuid4()), workspace=Path(folder))
            env, command = self._prepared(spec)
            number = await version(command, env)
            async with self.open(spec) as session:
                payer = _payer(session.account)
        return {"at": command[0], "version": number, "pays with": payer}

    def _evidence(self, spec: SessionSpec, uuids: Sequence[str]) -> Evidence:
        # Where to look does not depend on who pays: no need to refuse two credentials.
        where = {**self._environ, **self._env, **spec.env}
        file = session_file.find(spec.session_id, where)
        if file is None:
            return Evidence()
        return session_file.evidence(file, uuids, str(spec.workspace.resolve()))

    def _prepared(self, spec: SessionSpec) -> tuple[dict[str, str], list[str]]:
        """The environment and the command; `RunnerError` if either will not do."""
        env = self._child_env(spec)
        command = locate(self._command, env)
        return {**env, "PATH": reachable(env.get("PATH", ""), command[0])}, command

    def _child_env(self, spec: SessionSpec) -> dict[str, str]:
        return child_environment(
            self._environ,
            {**self._env, **spec.env},
            billing=self._billing,
            mark=self._marks.new(),
        )

    def _about(
        self, spec: SessionSpec, env: Mapping[str, str], command: list[str]
    ) -> About:
        fixed = replace(spec, model="", permission_mode="default", allowed_tools=())
        arguments = claude.arguments(fixed, resume="", fork="")
        lasting = {name: value for name, value in env.items() if name != MARK}
        tools = [(tool.name, tool.description, tool.schema) for tool in spec.tools]
        limits, workspace = asdict(spec.limits), str(spec.workspace)
        walls = repr(spec.sandbox)
        return About(
            session_id=spec.session_id,
            mark=env[MARK],
            settings=digest(
                command, arguments, lasting, tools, limits, workspace, walls
            ),
            model=spec.model,
            mode=spec.permission_mode,
            allowed=spec.allowed_tools,
        )

    def _record(self, spec: SessionSpec) -> Record | None:
        return Record(spec.record, self._redact) if spec.record else None

    async def _scanned(self) -> dict[str, Home]:
        """The agents of earlier runs that were not taken up yet."""
        if self._left is None:
            self._left = dict(await asyncio.to_thread(self._marks.living))
        return self._left

    def _examine(self, account: Mapping[str, Any]) -> None:
        """Raise `AgentUnsuitable` before anything has cost anything."""
        key = account.get("apiKeySource") or "none"
        if key == "none" and account.get("tokenSource") == "ANTHROPIC_AUTH_TOKEN":
            key = "ANTHROPIC_AUTH_TOKEN"
        if key == "none" and account.get("apiProvider", "firstParty") != "firstParty":
            key = f"of {account['apiProvider']}"
        if self._billing == "subscription" and key != "none":
            raise AgentUnsuitable("agent-would-bill-key", payer=str(key))


async def _initialize(session: ClaudeSession, past: Past) -> None:
    try:
        await session.initialize()
    except RunnerError as error:
        if better := why_not_started(session.exceeded, session.last_words, past):
            raise better from error
        raise


def _payer(account: Mapping[str, Any]) -> str:
    for name in ("subscriptionType", "tokenSource", "apiKeySource"):
        if (value := account.get(name)) not in (None, "", "none"):
            return str(value)
    raise AgentUnsuitable("agent-not-logged-in")
