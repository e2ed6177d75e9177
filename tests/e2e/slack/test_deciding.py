"""Stories in Slack of people who decide: by button, form, reply and stop."""

from tests.e2e.parley import SlackParley
from tests.e2e.slack.chat import (
    ALLOW,
    DENY,
    STOP,
    answered,
    asks,
    begin,
    form_input,
    root_of,
    shows,
    until,
)
from tests.slack_server import BOB


async def test_a_tool_runs_once_its_owner_allows_it(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("RUN[echo ran >> proof.txt]RUN")
    question = await asks(parley, asked)
    assert "echo ran >> proof.txt" in question.text
    proof = parley.workspace / "proof.txt"

    parley.slack.press(question, ALLOW, user=BOB)
    parley.slack.press(question, ALLOW)

    await answered(parley, asked, "Tool said")
    assert proof.read_text() == "ran\n"
    assert "Allowed once by Ada" in question.text
    assert str(BOB) not in str(parley.rows("SELECT * FROM decision"))


async def test_only_the_one_who_asked_may_allow(parley: SlackParley) -> None:
    parley.extra["PARLEY_ACCESS__SLACK"] = f"U0ADA,{BOB}"
    await begin(parley)
    parley.slack.command("RUN[echo ran >> proof.txt]RUN", channel=parley.slack.general)
    root = await root_of(parley, parley.slack.general, "proof.txt")
    question = await asks(parley, root)

    parley.slack.press(question, ALLOW, user=BOB)

    await until(parley, lambda: parley.slack.ephemerals(BOB))
    assert "Ada" in parley.slack.ephemerals(BOB)[-1].text
    assert not (parley.workspace / "proof.txt").exists()
    parley.slack.press(question, DENY)
    await answered(parley, root, "Tool said")


async def test_a_refusal_may_give_its_reason(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("RUN[echo ran >> proof.txt]RUN")
    question = await asks(parley, asked)

    parley.slack.press(question, next(b for b in question.buttons if "reason" in b))
    await until(parley, lambda: parley.slack.modals)
    form = parley.slack.modals[-1]
    parley.slack.submit(form, {form_input(form.view): "use the other folder"})

    await answered(parley, asked, "Tool said")
    assert "use the other folder" in str(parley.api.requests[-1].body["messages"])
    assert not (parley.workspace / "proof.txt").exists()


async def test_a_question_is_answered_by_a_button(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("ASK[Which size?]")
    question = await asks(parley, asked, "B")
    assert "Which size?" in question.text

    parley.slack.press(question, "B")

    await answered(parley, asked, "Tool said")
    assert '"Which size?"="B"' in str(parley.api.requests[-1].body["messages"])


async def test_a_question_is_answered_by_a_reply_in_the_thread(
    parley: SlackParley,
) -> None:
    await begin(parley)
    asked = parley.slack.say("ASK[Which size?]")
    await asks(parley, asked, "B")

    parley.slack.say("somewhere between", channel=asked.channel, thread=asked)

    await answered(parley, asked, "Tool said")
    assert "somewhere between" in str(parley.api.requests[-1].body["messages"])
    assert len(parley.rows("SELECT id FROM turn")) == 1


async def test_a_question_is_answered_in_a_form(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("ASK[Which size?]")
    question = await asks(parley, asked, "B")

    parley.slack.press(question, next(b for b in question.buttons if "words" in b))
    await until(parley, lambda: parley.slack.modals)
    form = parley.slack.modals[-1]
    parley.slack.submit(form, {form_input(form.view): "extra large"})

    await answered(parley, asked, "Tool said")
    assert "extra large" in str(parley.api.requests[-1].body["messages"])


async def test_stop_on_the_first_post_of_the_thread(parley: SlackParley) -> None:
    await begin(parley)
    parley.slack.command(
        "HOLD[never] SAY[Beginning to think]", channel=parley.slack.general
    )
    root = await root_of(parley, parley.slack.general, "Beginning")
    await shows(parley, root, "Beginning")
    await until(parley, lambda: STOP in root.buttons)

    parley.slack.press(root, STOP)

    (message,) = await answered(parley, root, "Stopped")
    assert "Beginning" in message.text
    await until(parley, lambda: not root.buttons)
    parley.slack.say("SAY[still here]", channel=root.channel, thread=root)
    await answered(parley, root, "still here")
    assert len(parley.agents()) == 1


async def test_slacks_own_stop_button(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[never] SAY[Beginning to think]")
    await shows(parley, asked, "Beginning")

    parley.slack.press_stop(asked.channel, asked)

    await answered(parley, asked, "Stopped")
    await until(parley, lambda: parley.slack.status(asked) == "active")
    assert parley.rows("SELECT state FROM turn") != [("consumed",)]


async def test_stop_and_status_in_words(parley: SlackParley) -> None:
    await begin(parley)
    asked = parley.slack.say("HOLD[never] SAY[Beginning to think]")
    await shows(parley, asked, "Beginning")

    parley.slack.say("!status", channel=asked.channel, thread=asked)
    await shows(parley, asked, "agents up")
    parley.slack.say("!stop", channel=asked.channel, thread=asked)

    await answered(parley, asked, "Stopped")
