"""What was said can be seen for a while by who was not there."""

from adapters.views import Notice
from adapters.web.values import Settings
from bot.feed import Feed
from tests.bot.office import Office
from tests.scripted import ScriptedRunner


def test_a_notice_can_be_seen_for_ten_minutes_as_it_was_at_last() -> None:
    now = [1000.0]
    feed = Feed(clock=lambda: now[0])

    def said(*, since: float) -> list[str]:
        return [notice.text for notice in feed.just_said(7, since=since)]

    feed.publish(7, Notice(id="n1", text="first"))
    feed.publish(8, Notice(id="n2", text="elsewhere"))
    now[0] += 300
    feed.publish(7, Notice(id="n3", text="second"))
    feed.publish(7, Notice(id="n1", text="first, as it is now"))
    feed.mention(7, Notice(id="n4", text="only for who is there"))

    assert said(since=0) == ["first, as it is now", "second"]
    now[0] += 600
    assert said(since=0) == ["second", "first, as it is now"]
    assert said(since=now[0]) == []
    now[0] += 1
    assert said(since=0) == []


async def test_the_answer_to_a_command_is_such_a_notice(office: Office) -> None:
    async with office.open(ScriptedRunner({})) as desk:
        card = await desk.begin(Settings(), key="b")
        assert await desk.just_said(card.id, since=0) == ()

        await desk.command(card.id, "status", key="1")

        [status] = await office.until(
            lambda: desk.just_said(card.id, since=0), lambda said: bool(said)
        )
        assert "default" in status.text
