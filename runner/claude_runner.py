"""Starts Claude Code, looks into its records, and leaves no process behind."""

import asyncio
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog

from runner import claude, session_file
from runner.base import (
    AgentUnsuitable,
    Evidence,
    RunnerError,
    SessionInfo,
    SessionSpec,
)
from runner.claude_past import Past, past_of, why_not_started
from runner.claude_session import ClaudeSession
from runner.environment import Billing, child_environment
from runner.leftovers import Marks
from runner.locate import locate, reachable, version
from runner.process import Child, Patience, child
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
    ) -> None:
        self._command = command
        self._billing: Billing = billing
        self._env = env
        self._environ = environ
        self._marks = Marks(state)
        self._patience = patience
        self._redact = redact
        self._hurry = asyncio.Event()

    @asynccontextmanager
    async def open(self, spec: SessionSpec) -> AsyncIterator[ClaudeSession]:
        env, command = self._prepared(spec)
        past = await asyncio.to_thread(past_of, spec, env)
        listening: asyncio.Task[None] | None = None
        try:
            async with child(
                [
                    *command,
                    *claude.arguments(spec, resume=past.resume, fork=past.fork),
                ],
                cwd=spec.workspace,
                env=env,
                patience=self._patience,
                hurry=self._hurry,
                limits=spec.limits,
                record=Record(spec.record, self._redact) if spec.record else None,
            ) as running:
                session = ClaudeSession(
                    running,
                    str(spec.workspace.resolve()),
                    keys_may_pay=self._billing == "api_key",
                    tools=spec.tools,
                    permission_mode=spec.permission_mode,
                )
                listening = asyncio.create_task(session.listen())
                try:
                    await _initialize(session, running, past)
                    self._examine(session.account)
                    log.info("agent.started", pid=running.process.pid, **past.facts)
                    yield session
                finally:
                    if not self._hurry.is_set():
                        await session.settle(self._patience.result)
                    session.closing = True
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
        return await asyncio.to_thread(self._evidence, spec, uuids)

    async def sweep(self) -> int:
        return await asyncio.to_thread(self._marks.sweep)

    def hurry(self) -> None:
        self._hurry.set()

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

    def _examine(self, account: Mapping[str, Any]) -> None:
        """Raise `AgentUnsuitable` before anything has cost anything."""
        key = account.get("apiKeySource") or "none"
        if key == "none" and account.get("tokenSource") == "ANTHROPIC_AUTH_TOKEN":
            key = "ANTHROPIC_AUTH_TOKEN"
        if key == "none" and account.get("apiProvider", "firstParty") != "firstParty":
            key = f"of {account['apiProvider']}"
        if self._billing == "subscription" and key != "none":
            raise AgentUnsuitable("agent-would-bill-key", payer=str(key))


async def _initialize(session: ClaudeSession, running: Child, past: Past) -> None:
    try:
        await session.initialize()
    except RunnerError as error:
        if better := why_not_started(running, past):
            raise better from error
        raise


def _payer(account: Mapping[str, Any]) -> str:
    for name in ("subscriptionType", "tokenSource", "apiKeySource"):
        if (value := account.get(name)) not in (None, "", "none"):
            return str(value)
    raise AgentUnsuitable("agent-not-logged-in")
