"""What all conversations share; built once, in `bot.main`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.pool import Pool
from bot.prompts import SYSTEM
from bot.screens import Screens
from runner.base import Runner, SessionSpec
from store.records import ConversationId, ConversationRecord
from store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where a project's agents work, and what they may do there."""

    name: str
    path: Path
    trusted: bool = False
    model: str = ""
    permission_mode: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    store: Store
    screens: Screens
    runner: Runner
    pool: Pool
    workspace: Workspace
    files: Path  # files people send: one folder per conversation below it
    idle_s: float = 900  # then an agent's process rests
    patience_s: float = 5.0  # for an interrupted agent to end its turn
    clock: Callable[[], float] = time.time

    def spec(self, conversation: ConversationRecord) -> SessionSpec:
        """How this conversation's agent is started, or resumed."""
        workspace = self.workspace
        return SessionSpec(
            session_id=conversation.session_id,
            workspace=workspace.path,
            trusted=workspace.trusted,
            model=conversation.model or workspace.model,
            permission_mode=conversation.mode or workspace.permission_mode,
            system_prompt=SYSTEM,
            readable=(self.folder(conversation.id),),
        )

    def folder(self, conversation: ConversationId) -> Path:
        """Where the files people send to this conversation are."""
        return self.files / str(conversation) / "inbox"
