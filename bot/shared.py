"""What all conversations share; built once, in `bot.main`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.pool import Pool
from bot.screens import Screens
from runner.base import Runner
from store.records import ConversationId
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

    def folder(self, conversation: ConversationId) -> Path:
        """Where the files people send to this conversation are."""
        return self.files / str(conversation) / "inbox"
