"""The chat page: one address for a new conversation, one for each there is."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from adapters.web import assets, shell
from adapters.web.conversations import head_html, list_html
from adapters.web.live import LISTED, RECENT
from adapters.web.pane import TURNS
from adapters.web.port import Desk, Entry, UnknownConversation
from adapters.web.tags import NOTHING, Html, tag
from adapters.web.turns import turn_html
from adapters.web.welcome import welcome_html

_FAR_BACK = 40  # pages of history that are read to get to a turn


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    async def begin(before: float | None = None) -> str:
        """A new conversation; *before*: with the list from there on."""
        return await _begin(desk, before)

    @routes.get("/c/{conversation}")
    async def conversation(
        conversation: int, before: str | None = None, to: str | None = None
    ) -> HTMLResponse:
        """Its newest turns; those before *before*; or all back to the turn *to*."""
        try:
            return HTMLResponse(await _conversation(desk, conversation, before, to))
        except UnknownConversation:
            return HTMLResponse(await _missing(desk), status_code=404)

    routes.get("/static/{digest}/{name}")(assets.serve)
    return routes


async def _begin(desk: Desk, before: float | None) -> str:
    welcome = welcome_html(desk.agent(), desk.surfaces())
    return shell.document(
        "",
        await _sidebar(desk, None, before),
        shell.main(_scroll(welcome), shell.composer(desk.projects())),
        shell.search(),
        data_live="/live",
    )


async def _conversation(
    desk: Desk, conversation: int, before: str | None, to: str | None
) -> str:
    card = await desk.conversation(conversation)
    if to:
        entries = await _back_to(desk, conversation, to)
    else:
        entries = await desk.history(conversation, before=before, limit=RECENT)
    turns = tag("div", *(turn_html(conversation, one) for one in entries), id=TURNS)
    composer = shell.composer() if before is None else _newest(conversation)
    content = shell.main(
        _scroll(_older(conversation, entries), turns, tag("div", id="pending")),
        composer,
        head=head_html(card),
        actions=shell.delete_button(conversation),
    )
    # An older stretch of the history stands still.
    live = f"/live?c={conversation}" if before is None else ""
    return shell.document(
        card.title,
        await _sidebar(desk, conversation, None),
        content,
        shell.search(),
        shell.confirm(),
        data_live=live,
        data_session=str(conversation),
    )


async def _missing(desk: Desk) -> str:
    words = tag("p", "It was deleted, or there never was one of this number.")
    told = tag("div", tag("h1", "No such conversation"), words, class_="welcome")
    return shell.document(
        "No such conversation",
        await _sidebar(desk, None, None),
        shell.main(_scroll(told)),
        shell.search(),
        data_live="/live",
    )


async def _sidebar(desk: Desk, current: int | None, before: float | None) -> Html:
    cards = await desk.conversations(limit=LISTED, before=before)
    older = f"/?before={cards[-1].updated_at!r}" if len(cards) == LISTED else ""
    return shell.sidebar(list_html(cards, current), older=older, agent=desk.agent())


async def _back_to(desk: Desk, conversation: int, turn: str) -> Sequence[Entry]:
    """The newest turns, back to *turn* if it can be found."""
    entries = list(await desk.history(conversation, limit=RECENT))
    for _ in range(_FAR_BACK):
        if not entries or any(entry.view.id == turn for entry in entries):
            break
        first = entries[0].view.id
        older = await desk.history(conversation, before=first, limit=RECENT)
        if not older:
            break
        entries = [*older, *entries]
    return entries


def _older(conversation: int, entries: Sequence[Entry]) -> Html:
    if len(entries) < RECENT:
        return NOTHING
    href = f"/c/{conversation}?before={entries[0].view.id}"
    return tag("a", "Earlier", href=href, id="older", class_="older")


def _newest(conversation: int) -> Html:
    return tag("a", "Newest messages", href=f"/c/{conversation}", class_="older")


def _scroll(*content: Html) -> Html:
    inner = tag("div", *content, class_="column")
    return tag("div", inner, id="scroll", tabindex="0", role="region",
               aria_label="Conversation")  # fmt: skip
