"""Tasks made of a message, and forms for words."""

from adapters.inbound import Choice, MessageRef, Text
from adapters.slack.render import render
from adapters.views import Option, QuestionView, View
from tests.adapters.slack.desk import Desk
from tests.slack_server import ADA, BOB, FakeSlack, Message

DENY = Option("deny", "❌ Deny", "danger", words="Why?")


async def test_the_shortcut_makes_a_task_of_a_message_where_it_is(
    slack: FakeSlack, at: Desk
) -> None:
    said = slack.say("the build is <broken>", user=BOB, channel=slack.general)
    async with at.running() as receiver:
        receiver.now(slack.shortcut(said).payload)
        await at.until(lambda: slack.modals)

        form = slack.modals[-1]
        assert "the build is <broken>" in form.text
        sent = slack.submit(form, {"What should be done?": "Mend it."})
        receiver.take(at.keep(sent))
        await at.until(lambda: at.memory.inbounds)

    [heard] = at.memory.inbounds
    assert heard.address == at.place(slack.general, said.ts)
    assert heard.body == Text(
        "Mend it.\n\nAbout this message:\n> the build is <broken>", foreign=True
    )
    assert (heard.sender.id, heard.message) == (ADA, None)
    assert at.engaged == [heard.address]


async def test_a_task_where_we_may_not_write_begins_in_a_direct_message(
    slack: FakeSlack, at: Desk
) -> None:
    secret = slack.open_channel("secret", private=True, bot=False)
    said = slack.say("broken", user=BOB, channel=secret, files=[("a.log", b"x")])
    async with at.running() as receiver:
        receiver.now(slack.shortcut(said).payload)
        await at.until(lambda: slack.modals)
        sent = slack.submit(slack.modals[-1], {"What should be done?": "Mend it."})
        receiver.take(at.keep(sent))
        await at.until(lambda: at.memory.inbounds)

    [root] = slack.messages(slack.dm(ADA))
    assert at.memory.inbounds[0].address == at.place(slack.dm(ADA), root.ts)
    words = "Mend it.\n\nAbout this message:\n> broken\n> 📎 a.log"
    assert at.heard == [Text(words, foreign=True)]


async def test_a_button_for_words_opens_a_form_whose_words_are_the_answer(
    slack: FakeSlack, at: Desk
) -> None:
    said = slack.say("do it")
    view = QuestionView(id="q1", turn_id="t1", title="Run a command?", options=(DENY,))
    asked = await post(at, view, said)
    async with at.running() as receiver:
        receiver.now(slack.press(asked, "words:deny").payload)
        await at.until(lambda: slack.modals)

        form = slack.modals[-1]
        assert "Run a command?" in form.text
        receiver.take(at.keep(slack.submit(form, {"words": "Not on Fridays."})))
        await at.until(lambda: at.memory.inbounds)

    [heard] = at.memory.inbounds
    assert heard.body == Choice("q1", "deny", "Not on Fridays.")
    assert heard.address == at.place(said.channel, said.ts)
    assert heard.message == MessageRef(asked.ts)


async def test_a_form_that_comes_too_late_is_told(slack: FakeSlack, at: Desk) -> None:
    said = slack.say("broken", user=BOB, channel=slack.general)
    slack.fail("views[.]open", 1, "error", code="expired_trigger_id")
    pressed = slack.shortcut(said)

    async with at.running() as receiver:
        receiver.now(pressed.payload)
        await at.until(lambda: pressed.responses)

    assert "press it again" in str(pressed.responses)
    assert slack.modals == []


async def post(at: Desk, view: View, said: Message) -> Message:
    """Show *view* in the thread of *said*."""
    [piece] = render(view, now=0.0)
    answer = await at.api.call(
        "chat.postMessage",
        channel=said.channel,
        thread_ts=said.root,
        text=piece.text,
        blocks=list(piece.blocks),
    )
    return next(m for m in at.slack.thread(said) if m.ts == answer["ts"])
