"""What all conversations share; built once, in `bot.parts`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from adapters.web.values import Settings
from bot.alarms import Alarms
from bot.budgets import Budgets
from bot.codec import SETTINGS, Asked
from bot.feed import Feed
from bot.linking import Links
from bot.meter import TurnLimits
from bot.metrics import Metrics
from bot.outgoing import SEND_FILE
from bot.parking import Parking
from bot.people import People
from bot.pool import Pool
from bot.prompts import SYSTEM
from bot.rates import Rates
from bot.rules import allowed_tools
from bot.screens import Screens
from bot.snapshots import Snapshots
from bot.terms import wary_mode
from bot.trouble import Trouble
from bot.usage import Processes
from bot.vitals import Vitals
from bot.voice import Transcriber
from bot.watchdog import Patience
from bot.worktrees import Worktrees
from runner.base import ProcessLimits, Runner, Sandbox, SessionSpec
from store.records import ConversationId, ConversationRecord
from store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where a project's agents work, and what they may do there."""

    name: str
    path: Path
    trusted: bool = False
    trust_shared: bool = False  # words of others are like those of whoever sends them
    model: str = ""
    effort: str = ""
    permission_mode: str = "default"
    allow_bypass: bool = False  # whether people may switch permissions off
    sandbox: Sandbox | None = None
    max_turns: int = 0  # model calls for one prompt; 0: as many as it takes
    turn_limits: TurnLimits = field(default_factory=TurnLimits)
    limits: ProcessLimits = field(default_factory=ProcessLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    store: Store
    screens: Screens
    runner: Runner
    pool: Pool
    people: People
    parking: Parking
    budgets: Budgets
    rates: Rates
    snapshots: Snapshots
    worktrees: Worktrees
    workspace: Workspace  # where messengers' conversations begin
    files: Path  # files people send: one folder per conversation below it
    account: str = ""  # whose usage limits the agent works under
    transcriber: Transcriber | None = None
    projects: tuple[Workspace, ...] = ()  # further ones
    feed: Feed = field(default_factory=Feed)
    metrics: Metrics = field(default_factory=Metrics)
    alarms: Alarms = field(default_factory=Alarms)
    processes: Processes = field(default_factory=Processes)
    trouble: Trouble = field(default_factory=Trouble)  # with the store
    vitals: Vitals = field(default_factory=Vitals)
    links: Links = field(default_factory=lambda: Links(time.time))
    idle_s: float = 900  # then an agent's process rests
    patience_s: float = 5.0  # for an interrupted agent to end its turn
    silence: Patience = field(
        default_factory=Patience
    )  # with an agent that says nothing
    clock: Callable[[], float] = time.time

    @property
    def workspaces(self) -> dict[str, Workspace]:
        """All projects, by name."""
        return {one.name: one for one in (self.workspace, *self.projects)}

    def workspace_of(self, conversation: ConversationRecord) -> Workspace:
        """Where its agent works: its project, a worktree of it, or its own folder."""
        if not conversation.project:
            return Workspace(
                name="",
                path=self.storage(conversation.id),
                sandbox=self.workspace.sandbox,  # no way around it
            )
        project = self.workspaces.get(conversation.project) or Workspace(
            # Not configured any more: a folder that there is not, as the agent says.
            name=conversation.project,
            path=self.files.with_name("projects") / conversation.project,
        )
        if not conversation.worktree:
            return project
        return replace(project, path=Path(conversation.worktree))

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

    def model_of(self, conversation: ConversationRecord) -> str:
        """ "": the agent's own default."""
        workspace = self.workspace_of(conversation)
        return self.settings(conversation).model or workspace.model

    def mode_of(self, conversation: ConversationRecord, *, wary: bool = False) -> str:
        """Its permission mode. *wary*: see `Asked`."""
        workspace = self.workspace_of(conversation)
        chosen = self.settings(conversation).permission_mode
        mode = chosen or workspace.permission_mode
        return wary_mode(mode) if wary else mode

    def effort_of(self, conversation: ConversationRecord) -> str:
        """ "": the agent's own default."""
        return conversation.effort or self.workspace_of(conversation).effort

    async def spec(
        self, conversation: ConversationRecord, asked: Asked | None = None
    ) -> SessionSpec:
        """How this conversation's agent is started, or resumed.

        *asked*: for this prompt; None: for people's own words.
        """
        begun = await self.store.session_began(conversation.session_id)
        return replace(await self.wanted(conversation, asked or Asked("")), begun=begun)

    async def wanted(
        self, conversation: ConversationRecord, asked: Asked
    ) -> SessionSpec:
        """The same for one that is at work, which has begun in any case."""
        workspace = self.workspace_of(conversation)
        settings = self.settings(conversation)
        rules = allowed_tools(await self.store.rules(conversation.project))
        allowed = (*settings.allowed_tools, *rules)
        return SessionSpec(
            session_id=conversation.session_id,
            workspace=workspace.path,
            begun=True,
            fork_of=conversation.fork_of,
            trusted=workspace.trusted,
            model=self.model_of(conversation),
            effort=self.effort_of(conversation),
            permission_mode=self.mode_of(conversation, wary=asked.wary),
            system_prompt=f"{SYSTEM}\n\n{settings.system_prompt}".strip(),
            readable=(self.folder(conversation.id),),
            allowed_tools=() if asked.wary else allowed,
            tools=(SEND_FILE,),
            max_turns=settings.max_turns or workspace.max_turns,
            output_schema=asked.output_schema or settings.output_schema,
            limits=workspace.limits,
            sandbox=workspace.sandbox,
            record=self.raw_log(conversation.id) if conversation.debug else None,
        )

    @property
    def store_folder(self) -> Path:
        """Where the database is, and everything else that Parley keeps."""
        return self.files.parent

    def storage(self, conversation: ConversationId) -> Path:
        """The folder of a conversation without a project. It need not exist."""
        return self.files.with_name("storage") / str(conversation)

    def folder(self, conversation: ConversationId) -> Path:
        """Where the files people send to this conversation are."""
        return self.files / str(conversation) / "inbox"

    def outbox(self, conversation: ConversationId) -> Path:
        """Where our copies of files are that were sent to people."""
        return self.files / str(conversation) / "outbox"

    def raw_log(self, conversation: ConversationId) -> Path:
        """The lines to and from its agent, if they are kept."""
        return self.files / str(conversation) / "raw.jsonl"
