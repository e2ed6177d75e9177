"""Few agents for many conversations: each is answered, and none forgets."""

from tests.e2e.conversation.on_slack import OnSlack
from tests.e2e.conversation.scenes import memory, on
from tests.e2e.conversation.surface import Surface
from tests.e2e.parley import SlackParley

SEATS, MANY = 3, 10


@on(["slack"])  # one person with many conversations
async def test_ten_conversations_share_three_agents(chat: Surface) -> None:
    chat.parley.extra["PARLEY_AGENT__MAX_PROCESSES"] = str(SEATS)
    assert isinstance(chat.parley, SlackParley)
    chats = [chat, *(OnSlack(chat.parley) for _ in range(MANY - 1))]
    await chat.begin()

    for number, one in enumerate(chats):
        await one.say(f"SAY[this is number {number}]")
    most = 0
    for number, one in enumerate(chats):
        await one.answered(f"this is number {number}")
        most = max(most, len(chat.parley.agents()))
    await chat.say("SAY[still the first]")

    await chat.answered("still the first")
    assert "this is number 0" in memory(chat)
    assert "this is number 1" not in memory(chat)
    assert most <= SEATS
