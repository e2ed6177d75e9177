"""The chat page: one address for a new conversation, one for each there is."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from adapters.aside import aside
from adapters.language import say
from adapters.web import assets, shell
from adapters.web.conversations import head_html, list_html, title_of
from adapters.web.live import LISTED, RECENT
from adapters.web.pane import TURNS
from adapters.web.port import Desk, UnknownConversation
from adapters.web.tags import NOTHING, Html, tag
from adapters.web.tongues import language_of
from adapters.web.turns import loose_card_html, turn_html
from adapters.web.values import Entry
from adapters.web.welcome import welcome_html

_FAR_BACK = 40  # pages of history that are read to get to a turn


def router(desk: Desk) -> APIRouter:
    routes = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @routes.get("/")
    async def begin(request: Request, before: float | None = None) -> str:
        """A new conversation; *before*: with the list from there on."""
        return await _begin(desk, before, await language_of(request, desk))

    @routes.get("/c/{conversation}")
    async def conversation(
        request: Request,
        conversation: int,
        before: str | None = None,
        to: str | None = None,
    ) -> HTMLResponse:
        """Its newest turns; those before *before*; or all back to the turn *to*."""
        language = await language_of(request, desk)
        try:
            if before is None:
                await desk.expect(conversation)
            page = await _conversation(desk, conversation, before, to, language)
            return HTMLResponse(page)
        except UnknownConversation:
            return HTMLResponse(await _missing(desk, language), status_code=404)

    routes.get("/static/{digest}/{name}")(assets.serve)
    return routes


async def _begin(desk: Desk, before: float | None, language: str) -> str:
    welcome = welcome_html(desk.agent(), desk.surfaces(), language)
    composer = shell.composer(language, desk.projects())
    return shell.document(
        "",
        await _sidebar(desk, None, before, language),
        shell.main(_scroll(language, welcome), composer, language=language),
        shell.search(language),
        language=language,
        data_live="/live",
        data_commands="/api/commands",
    )


async def _conversation(
    desk: Desk, conversation: int, before: str | None, to: str | None, language: str
) -> str:
    card = await desk.conversation(conversation)
    if to:
        entries = await _back_to(desk, conversation, to)
    else:
        entries = await desk.history(conversation, before=before, limit=RECENT)
    shown = await aside(
        [entry.view for entry in entries],
        lambda: [turn_html(conversation, one, language) for one in entries],
    )
    if before is None:
        shown += await _loose(desk, conversation, language)
        composer = shell.composer(language)
    else:
        composer = _newest(conversation, language)
    older = _older(conversation, entries, language)
    turns = tag("div", *shown, id=TURNS)
    content = shell.main(
        _scroll(language, older, turns, tag("div", id="pending")),
        composer,
        head=head_html(card, language),
        actions=shell.delete_button(conversation, language),
        language=language,
    )
    # An older stretch of the history stands still.
    live = f"/live?c={conversation}" if before is None else ""
    return shell.document(
        title_of(card, language),
        await _sidebar(desk, conversation, None, language),
        content,
        shell.search(language),
        shell.confirm(language),
        language=language,
        data_live=live,
        data_session=str(conversation),
        data_commands=f"/api/sessions/{conversation}/commands",
    )


async def _loose(desk: Desk, conversation: int, language: str) -> list[Html]:
    """Open cards that belong to no turn."""
    return [
        loose_card_html(conversation, question, language)
        for question in await desk.questions(conversation)
        if not question.turn_id
    ]


async def _missing(desk: Desk, language: str) -> str:
    title = say(language, "web-missing-title")
    words = tag("p", say(language, "web-missing"))
    told = tag("div", tag("h1", title), words, class_="welcome")
    return shell.document(
        title,
        await _sidebar(desk, None, None, language),
        shell.main(_scroll(language, told), language=language),
        shell.search(language),
        language=language,
        data_live="/live",
    )


async def _sidebar(
    desk: Desk, current: int | None, before: float | None, language: str
) -> Html:
    cards = await desk.conversations(limit=LISTED, before=before)
    older = f"/?before={cards[-1].updated_at!r}" if len(cards) == LISTED else ""
    conversations = list_html(cards, current, language)
    return shell.sidebar(
        conversations, older=older, agent=desk.agent(), language=language
    )


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


def _older(conversation: int, entries: Sequence[Entry], language: str) -> Html:
    if len(entries) < RECENT:
        return NOTHING
    href = f"/c/{conversation}?before={entries[0].view.id}"
    return tag("a", say(language, "web-earlier"), href=href, id="older", class_="older")


def _newest(conversation: int, language: str) -> Html:
    words = say(language, "web-newest")
    return tag("a", words, href=f"/c/{conversation}", class_="older")


def _scroll(language: str, *content: Html) -> Html:
    inner = tag("div", *content, class_="column")
    label = say(language, "web-conversation")
    return tag("div", inner, id="scroll", tabindex="0", role="region", aria_label=label)
