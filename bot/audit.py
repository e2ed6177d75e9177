"""What the audit is told besides what the store sees for itself.

Rule: an entry is on disk before whatever follows on it: the question whether a tool may
be used, and the end of the turn.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from adapters.inbound import Attachment
from runner.events import (
    PermissionRequested,
    PlanProposed,
    QuestionsAsked,
    RunnerEvent,
    ToolStarted,
)
from store.audit import ToolUse
from store.database import StoreError
from store.records import TurnId
from store.store import Store

log = structlog.get_logger()

DAY_S = 24 * 3600


class Trail:
    """The tools that one turn uses. What is told again is in the audit once."""

    def __init__(self, store: Store, turn: TurnId) -> None:
        self._store = store
        self._turn = turn
        self._untold: list[ToolUse] = []
        self._writing = asyncio.Lock()

    def hear(self, event: RunnerEvent) -> None:
        match event:
            case ToolStarted(call_id=call, name=name, digest=digest, parent_id=parent):
                use = ToolUse(call_id=call, name=name, digest=digest, parent_id=parent)
                self._untold.append(use)
            case _:
                pass

    async def follow(self, event: RunnerEvent, tasks: asyncio.TaskGroup) -> None:
        """Hear it, and keep it without holding up what the agent says next.

        But nobody is asked about what is not kept.
        """
        self.hear(event)
        match event:
            case ToolStarted():
                tasks.create_task(self._write_soon())
            case PermissionRequested() | QuestionsAsked() | PlanProposed():
                await self.write()
            case _:
                pass

    async def write(self) -> None:
        """All that was heard is kept when this returns."""
        async with self._writing:
            if tools := tuple(self._untold):
                await self._store.note_tools(self._turn, tools)
                del self._untold[: len(tools)]

    async def _write_soon(self) -> None:
        """Those that begin meanwhile go together, with the next one."""
        try:
            await self.write()
        except StoreError as error:  # the end of the turn tries again
            log.warning("audit.behind", turn=self._turn, reason=str(error))


async def digested(files: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """With a digest of what is in each."""
    return tuple([await asyncio.to_thread(_digested, file) for file in files])


def _digested(file: Attachment) -> Attachment:
    if not file.path:
        return file
    try:
        with Path(file.path).open("rb") as content:
            digest = hashlib.file_digest(content, "sha256")
    except OSError as error:
        log.warning("audit.file_unread", reason=error.strerror)
        return file
    return replace(file, sha256=digest.hexdigest())


async def witness(store: Store) -> None:
    """Tell the log what the audit ends with, at start and once a day.

    Whoever keeps the log can show later that nothing was cut off or written anew.
    """
    while True:
        dropped = await store.trim_audit()
        head = await store.audit_head()
        log.info("audit.head", number=head.number, hash=head.hash, dropped=dropped)
        await asyncio.sleep(DAY_S)
