"""What is done for a prompt before the agent gets it: recordings become words, and the
state of the workspace is noted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import structlog

from adapters.inbound import Attachment
from adapters.language import say
from adapters.views import Notice
from bot.errors import in_words
from bot.git import GitError
from bot.running import Running
from bot.shared import Shared, Workspace
from bot.show import Show
from bot.voice import NO_TRANSCRIBER, NotTranscribed, Transcriber, is_voice

log = structlog.get_logger()


class Preparing:
    """*do* has something done in the conversation's own time."""

    def __init__(
        self,
        shared: Shared,
        *,
        tasks: asyncio.TaskGroup,
        do: Callable[[Callable[[], Awaitable[None]]], None],
        show: Show,
    ) -> None:
        self._shared = shared
        self._tasks = tasks
        self._do = do
        self._show = show
        self._listening: Running | None = None

    def note_tree(self, running: Running, workspace: Workspace) -> None:
        """The agent has the prompt: how the workspace is before it does anything."""
        if running.tree is None:
            self._tasks.create_task(self._note_tree(running, workspace.path))

    def begin(self, running: Running) -> None:
        """Its turn has come."""
        recordings = [file for file in running.asked.files if is_voice(file)]
        if not recordings or running.asked.transcripts or running.attempted:
            return
        if self._shared.transcriber is None:
            self._tell(running, in_words(NO_TRANSCRIBER, running.language))
            return
        self._listening = running
        running.turn.note(say(running.language, "talk-listening"))
        work = self._listen(running, recordings, self._shared.transcriber)
        self._tasks.create_task(work)

    def under_way(self, running: Running) -> bool:
        return self._listening is running

    async def _note_tree(self, running: Running, workspace: Path) -> None:
        """So that people can ask what has changed. It takes as long as it takes."""
        try:
            tree = await self._shared.snapshots.snapshot(workspace)
        except GitError as error:
            log.info("snapshot.none", reason=str(error))
            return
        running.tree = tree
        await self._shared.store.set_tree(running.record.id, tree)

    async def _listen(
        self, running: Running, recordings: list[Attachment], ear: Transcriber
    ) -> None:
        words: list[str] = []
        problem = ""
        for recording in recordings:
            try:
                heard = await ear.transcribe(
                    Path(recording.path), recording.media_type, running.language
                )
            except NotTranscribed as error:
                problem = in_words(error.phrase, running.language)
            else:
                words.append(heard)
        self._do(partial(self._heard, running, tuple(words), problem))

    async def _heard(
        self, running: Running, words: tuple[str, ...], problem: str
    ) -> None:
        if self._listening is running:
            self._listening = None
        if running.turn.status.final:
            return
        said = [say(running.language, "talk-transcript", words=text) for text in words]
        self._tell(running, "\n\n".join(filter(None, (*said, problem))))
        running.turn.note("")
        if words:
            asked = replace(running.asked, transcripts=words)
            await running.amend(asked, platform=running.record.origin, events=())

    def _tell(self, running: Running, text: str) -> None:
        notice = Notice(
            id=f"nv{running.record.id}",
            text=text,
            reply_to=running.reply_to,
            language=running.language,
        )
        self._show(notice, home=running.address)
