"""A conversation whose agent waits for a person."""

from adapters.views import Option, QuestionView, Said, TurnStatus
from tests.e2e.web.visit import Visit

ONCE = Option("once", "✅ Allow once", "good")
DENY = Option("deny", "❌ Deny", "danger", words="Why?")


def permission(turn: str) -> QuestionView:
    return QuestionView(
        id="q1",
        turn_id=turn,
        title="Run a command?",
        body="```bash\nrm -r build\n```",
        options=(ONCE, DENY),
    )


async def asked(visit: Visit, *, question: bool = True) -> tuple[int, str]:
    """A conversation with a turn at work, and its question if there is one."""
    card = visit.desk.add("Clean up")
    turn = await visit.desk.say(card.id, "Clean up, please", key="asked") or ""
    visit.desk.grow(card.id, turn, Said("Let me look."), status=TurnStatus.WAITING)
    if question:
        visit.desk.show(card.id, permission(turn))
    return card.id, turn
