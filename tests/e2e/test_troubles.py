"""The world misbehaves: each message is answered once all the same."""

from tests.e2e.parley import Parley, eventually
from tests.e2e.test_kills import once
from tests.e2e.test_stories import answered, shows


async def test_an_update_nobody_understands_blocks_nobody(parley: Parley) -> None:
    parley.telegram.raw({"message": {"from": {"id": 1001}, "chat": "what?"}})
    parley.telegram.raw({"message": {"from": {"id": 1001}, "chat": {"id": 1001}}})
    parley.telegram.say("SAY[the answer]")

    await parley.start()

    await answered(parley, "the answer")
    assert parley.telegram.pending == 0


async def test_a_lost_reply_to_a_send_gives_one_answer(parley: Parley) -> None:
    await parley.start()
    parley.telegram.fail("sendMessage", 1, "drop_after")

    parley.telegram.say("SAY[the answer]")

    await parley.telegram.until(lambda chat: once(chat, "the answer"), timeout_s=30)
    await eventually(lambda: parley.rows("SELECT 1 FROM turn WHERE delivered_at > 0"))
    assert once(parley.telegram.chat(), "the answer")


async def test_too_many_requests_delay_and_lose_nothing(parley: Parley) -> None:
    await parley.start()
    parley.telegram.fail("editMessageText", 2, "429", retry_after=1)

    parley.telegram.say("SAY[the answer]")

    chat = await answered(parley, "the answer")
    assert once(chat, "the answer")


async def test_a_blocked_bot_answers_when_it_is_let_in_again(parley: Parley) -> None:
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[the answer]")
    await parley.telegram.until(lambda chat: shows(chat, "the"))
    parley.telegram.block()
    parley.api.release("gate")
    await eventually(lambda: parley.rows("SELECT state FROM turn") == [("answered",)])

    parley.telegram.unblock()

    chat = await answered(parley, "the answer")
    assert once(chat, "the answer")


async def test_a_second_poller_is_told_of_and_survived(parley: Parley) -> None:
    conflict = parley.telegram.fail(
        "getUpdates", 1, "error", code=409, description="Conflict: terminated by other"
    )
    await parley.start()
    await eventually(lambda: not conflict.left)

    parley.telegram.say("SAY[the answer]")

    await answered(parley, "the answer")
    assert any("another program polls" in str(line) for line in parley.lines())


async def test_an_api_error_says_what_to_do_and_the_next_turn_works(
    parley: Parley,
) -> None:
    await parley.start()
    parley.telegram.say("FAIL[400]")
    await answered(parley, "a fake failure")

    parley.telegram.say("SAY[better]")

    await answered(parley, "better")


async def test_a_missing_agent_is_explained_in_the_chat(parley: Parley) -> None:
    parley.extra["PARLEY_AGENTS__CLAUDE__COMMAND"] = '["no-such-claude"]'
    await parley.start()

    parley.telegram.say("hello")

    await answered(parley, "not on this machine")
    await answered(parley, "claude.ai/install.sh")


async def test_the_token_is_in_no_line_of_the_log(parley: Parley) -> None:
    await parley.start()
    parley.telegram.fail("sendMessage", 1, "drop_before")
    parley.telegram.fail("editMessageText", 1, "5xx")
    parley.telegram.fail("getUpdates", 1, "garbage", after=1)
    parley.telegram.say("SAY[the answer]")
    await answered(parley, "the answer")

    await parley.stop()

    log = parley.log.read_text()
    assert "turn.finished" in log
    assert parley.telegram.token not in log
    assert "the answer" not in log
