"""What all conversations share; built once, in `bot.main`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.web.port import Settings
from bot.codec import SETTINGS
from bot.feed import Feed
from bot.metrics import Metrics
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
    workspace: Workspace  # where messengers' conversations begin
    files: Path  # files people send: one folder per conversation below it
    projects: tuple[Workspace, ...] = ()  # further ones
    feed: Feed = field(default_factory=Feed)
    metrics: Metrics = field(default_factory=Metrics)
    idle_s: float = 900  # then an agent's process rests
    patience_s: float = 5.0  # for an interrupted agent to end its turn
    clock: Callable[[], float] = time.time

    @property
    def workspaces(self) -> dict[str, Workspace]:
        """All projects, by name."""
        return {one.name: one for one in (self.workspace, *self.projects)}

    def workspace_of(self, conversation: ConversationRecord) -> Workspace:
        """Where its agent works: its project, or a folder of its own."""
        if not conversation.project:
            return Workspace(name="", path=self.storage(conversation.id))
        return self.workspaces.get(conversation.project) or Workspace(
            # Not configured any more: a folder that there is not, as the agent says.
            name=conversation.project,
            path=self.files.with_name("projects") / conversation.project,
        )

    def settings(self, conversation: ConversationRecord) -> Settings:
        """As it was begun, and as it was changed since."""
        given = conversation.settings
        return replace(
            SETTINGS.load(given) if given else Settings(),
            project=conversation.project,
            agent=conversation.agent,
            model=conversation.model,
            permission_mode=conversation.mode,
            task=conversation.task,
        )

    def spec(
        self, conversation: ConversationRecord, output_schema: str = ""
    ) -> SessionSpec:
        """How this conversation's agent is started, or resumed.

        *output_schema*: for one answer, instead of the conversation's.
        """
        workspace = self.workspace_of(conversation)
        settings = self.settings(conversation)
        return SessionSpec(
            session_id=conversation.session_id,
            workspace=workspace.path,
            trusted=workspace.trusted,
            model=settings.model or workspace.model,
            permission_mode=settings.permission_mode or workspace.permission_mode,
            system_prompt=f"{SYSTEM}\n\n{settings.system_prompt}".strip(),
            readable=(self.folder(conversation.id),),
            allowed_tools=settings.allowed_tools,
            max_turns=settings.max_turns,
            output_schema=output_schema or settings.output_schema,
        )

    def storage(self, conversation: ConversationId) -> Path:
        """The folder of a conversation without a project. It need not exist."""
        return self.files.with_name("storage") / str(conversation)

    def folder(self, conversation: ConversationId) -> Path:
        """Where the files people send to this conversation are."""
        return self.files / str(conversation) / "inbox"
