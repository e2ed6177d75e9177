"""What the agent does with the tools Parley gives it: it sends files.

Rule: a file is ours, and in the store, before anybody is told that it was sent.
"""

from dataclasses import replace

import structlog

from adapters.views import FileView
from bot.outgoing import SEND_FILE, FileToSend, Refusal, send, view_id_of
from bot.running import Running
from bot.screens import turn_view_id
from bot.shared import Shared
from bot.show import Show
from bot.taking import Allowed
from runner.base import Session, ToolReply
from runner.events import ToolCalled
from store.files import FileRecord
from store.records import ConversationId, ConversationRecord, TurnId
from store.store import Store

log = structlog.get_logger()


class Hands:
    def __init__(self, shared: Shared, *, show: Show) -> None:
        self._shared = shared
        self._show = show

    async def use(
        self,
        call: ToolCalled,
        running: Running,
        session: Session,
        conversation: ConversationRecord,
    ) -> None:
        """Do it, and tell the agent. Runs beside the turn, which waits for it."""
        if call.name != SEND_FILE.name:
            await session.reply(
                call.request_id, ToolReply("No such tool.", failed=True)
            )
            return
        try:
            reply = await self._send(call, running, conversation)
        except Exception:
            log.exception("file.not_sent", turn=running.record.id)
            reply = ToolReply("It could not be sent: a fault in Parley.", failed=True)
        await session.reply(call.request_id, reply)

    async def _send(
        self, call: ToolCalled, running: Running, conversation: ConversationRecord
    ) -> ToolReply:
        shared, turn = self._shared, running.record
        file = await send(
            call.arguments,
            view_id=view_id_of(turn_view_id(turn.id), call.call_id),
            allowed=Allowed(
                workspace=shared.workspace_of(conversation).path,
                folders=(shared.folder(conversation.id),),
                private=shared.store_folder,
            ),
            keep_in=shared.outbox(conversation.id),
        )
        if isinstance(file, Refusal):
            return ToolReply(file.text, failed=True)
        kept = await keep_row(
            shared.store, conversation.id, file, turn=turn.id, call_id=call.call_id
        )
        if kept.view_id == file.view_id:  # else the very same call was made before
            view = replace(
                file_view(kept), reply_to=running.reply_to, language=running.language
            )
            self._show(view, home=running.address, asked_by=running.asked_by)
        return ToolReply(f"{file.name} is on its way to the person.")


async def keep_row(
    store: Store,
    conversation: ConversationId,
    file: FileToSend,
    *,
    turn: TurnId | None = None,
    call_id: str = "",
) -> FileRecord:
    """From here on it is shown, whatever happens. A call made again: its first row."""
    return await store.send_file(
        file.view_id,
        conversation_id=conversation,
        turn_id=turn,
        call_id=call_id,
        path=str(file.path),
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        caption=file.caption,
    )


def file_view(record: FileRecord) -> FileView:
    """What shows it, as far as the row tells."""
    return FileView(
        id=record.view_id,
        path=record.path,
        name=record.name,
        media_type=record.media_type,
        size=record.size,
        caption=record.caption,
        turn_id="" if record.turn_id is None else turn_view_id(record.turn_id),
    )
