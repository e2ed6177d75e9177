"""What the web surface may look into beside conversations: logs, limits, processes."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from adapters.views import FileView
from adapters.web.port import OWNER
from adapters.web.values import Log, Logged, Offer, Usage
from bot.commands import COMMANDS, menu, offered
from bot.deeds import WEB, Deeds
from bot.errors import in_words
from bot.hands import file_view
from bot.screens import turn_view_id
from bot.shared import Shared
from runner.events import AgentCommand
from store.activity import ActivityRecord

#: The agents that are up: by conversation, the process that all of theirs are below.
Live = Callable[[], Mapping[int, int]]
#: What the agent of a conversation offers; nothing while it is not up.
AgentCommands = Callable[[int], Sequence[AgentCommand]]

TAKING = {spec.name for spec in COMMANDS if spec.takes != "nothing"}


class Insight:
    def __init__(
        self,
        shared: Shared,
        deeds: Deeds,
        *,
        live: Live,
        agent_commands: AgentCommands,
    ) -> None:
        self._shared = shared
        self._store = shared.store
        self._deeds = deeds
        self._live = live
        self._agent_commands = agent_commands

    async def commands(
        self, conversation: int | None, language: str
    ) -> Sequence[Offer]:
        agents: Sequence[AgentCommand] = ()
        if conversation is not None:
            await self._deeds.known(conversation)
            agents = self._agent_commands(conversation)
        ours = [
            Offer(name, words, "…" if name in TAKING else "")
            for name, words in menu(language)
        ]
        theirs = [
            Offer(a.name, a.description, a.hint, own=False) for a in offered(agents)
        ]
        return [*ours, *theirs]

    async def log(self, conversation: int, *, limit: int) -> Log:
        number = (await self._deeds.known(conversation)).conversation.id
        summary = await self._store.activity_summary(number)
        newest = await self._store.activity(number, limit=limit)
        return Log(
            turns={state.value: count for state, count in summary.turns.items()},
            tools=summary.tools,
            errors=summary.errors,
            warnings=summary.warnings,
            tokens=summary.tokens,
            cost_usd=summary.cost_usd,
            duration_s=summary.duration_s,
            first_at=summary.first_at,
            last_at=summary.last_at,
            newest=list(map(_logged, newest)),
        )

    async def raw_log(self, conversation: int) -> Path | None:
        record = (await self._deeds.known(conversation)).conversation
        return self._shared.raw_log(record.id) if record.debug else None

    async def budgets(self, conversation: int, language: str) -> Sequence[str]:
        project = (await self._deeds.known(conversation)).conversation.project
        stands = await self._shared.budgets.state((WEB, OWNER), project)
        return [in_words(phrase, language) for phrase in stands]

    async def processes(self) -> Sequence[Usage]:
        live = self._live()
        usages = await self._shared.processes.usage(list(live.values()))
        return [
            Usage(
                conversation=conversation,
                cpu_percent=usage.cpu_percent,
                cpu_s=usage.cpu_s,
                memory_bytes=usage.memory_bytes,
                threads=usage.threads,
                open_files=usage.open_files,
                processes=usage.processes,
                state=usage.state,
            )
            for conversation, pid in live.items()
            if (usage := usages.get(pid))
        ]

    async def file(self, conversation: int, file: str) -> FileView | None:
        await self._deeds.known(conversation)
        record = await self._store.file(file)
        if record is None or record.conversation_id != conversation:
            return None
        return file_view(record)

    async def language(self) -> str:
        return (await self._store.person(WEB, OWNER)).language

    async def choose_language(self, language: str) -> None:
        await self._store.set_language(WEB, OWNER, language, events=())
        await self._shared.people.load()


def _logged(row: ActivityRecord) -> Logged:
    return Logged(
        kind=row.kind,
        name=row.name,
        text=row.text,
        ok=row.ok,
        at=row.at,
        duration_s=row.duration_s,
        turn="" if row.turn_id is None else turn_view_id(row.turn_id),
    )
