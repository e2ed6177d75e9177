"""Names, connections and encryption that fail: nothing is lost, and it is told why."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from adapters.base import Ambiguous
from adapters.telegram.api import TelegramApi
from adapters.telegram.wire import Timeouts
from tests.e2e.parley import Parley, SlackParley, eventually
from tests.e2e.slack.chat import answered as answered_in
from tests.e2e.slack.chat import shows as shown_in
from tests.e2e.test_kills import once
from tests.e2e.test_stories import answered, shows
from tests.e2e.world.road import Road
from tests.telegram_server import ADA, FakeTelegram

#: A chat whose calls failed again and again rests for 30 s.
BACKED_OFF_S = 60.0
NAMES = Path(__file__).parent / "names"


@pytest.fixture
async def road(parley: Parley) -> AsyncIterator[Road]:
    """Between the program and Telegram."""
    async with Road(parley.telegram.api_base) as road:
        parley.extra["PARLEY_TELEGRAM__API_BASE"] = road.url
        yield road


def named(program: Parley | SlackParley) -> Path:
    """Where the names are that its machine knows: none yet."""
    hosts = program.root / "hosts"
    hosts.write_text("")
    places = (str(NAMES), os.environ.get("PYTHONPATH", ""))
    program.extra |= {
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
        "TEST_HOSTS": str(hosts),
    }
    return hosts


async def test_telegrams_name_that_nobody_knows_is_told_until_somebody_does(
    parley: Parley, road: Road
) -> None:
    hosts = named(parley)
    parley.extra["PARLEY_TELEGRAM__API_BASE"] = road.url_of("telegram.test")
    parley.telegram.say("SAY[the answer]")

    await parley.start()
    await eventually(lambda: "name resolution" in parley.log.read_text())
    assert "no connection to Telegram" in parley.log.read_text()
    hosts.write_text("telegram.test")

    assert once(await answered(parley, "the answer"), "the answer")


async def test_telegrams_name_that_is_gone_in_the_middle_of_a_turn_costs_nothing(
    parley: Parley, road: Road
) -> None:
    hosts = named(parley)
    hosts.write_text("telegram.test")
    parley.extra["PARLEY_TELEGRAM__API_BASE"] = road.url_of("telegram.test")
    await parley.start()
    parley.telegram.say("HOLD[gate] SAY[the answer]")
    await parley.telegram.until(lambda chat: shows(chat, "the"))

    hosts.write_text("")
    road.cut()
    parley.api.release("gate")
    await eventually(lambda: parley.rows("SELECT state FROM turn") == [("answered",)])
    await eventually(lambda: "name resolution" in parley.log.read_text())
    hosts.write_text("telegram.test")

    assert once(await answered(parley, "the answer"), "the answer")


async def test_slacks_name_that_nobody_knows_is_told_until_somebody_does(
    slack: SlackParley,
) -> None:
    async with Road(slack.slack.api_base) as road:
        hosts = named(slack)
        slack.extra["PARLEY_SLACK__API_BASE"] = road.url_of("slack.test")
        asked = slack.slack.say("SAY[the answer]")

        await slack.start()
        await eventually(lambda: "slack.unreachable" in slack.log.read_text())
        hosts.write_text("slack.test")

        await answered_in(slack, asked, "the answer")


async def cut(parley: Parley, road: Road) -> None:
    """Reset every connection, and wait until it is used again."""
    before = len(parley.telegram.calls())
    road.cut()
    await parley.telegram.wait_for(lambda: len(parley.telegram.calls()) > before + 1)


def more_calls(slack: SlackParley, before: int) -> bool:
    return len(slack.slack.calls()) > before


@pytest.mark.timeout(120)
async def test_connections_that_are_reset_again_and_again_leave_one_answer(
    parley: Parley, road: Road
) -> None:
    await parley.start()
    parley.telegram.say("WORDS[60] SLOW[50]")
    await parley.telegram.until(lambda chat: shows(chat, "word0"))

    for _ in range(4):
        await cut(parley, road)

    chat = await answered(parley, "word59", timeout_s=BACKED_OFF_S)
    assert once(chat, "word59")


async def test_slacks_connections_that_are_reset_again_and_again_leave_one_answer(
    slack: SlackParley,
) -> None:
    async with Road(slack.slack.api_base) as road:
        slack.extra["PARLEY_SLACK__API_BASE"] = road.url
        await slack.start()
        await slack.slack.until(lambda: slack.slack.sockets)
        asked = slack.slack.say("WORDS[200] SLOW[60]")
        await shown_in(slack, asked, "word0")

        for _ in range(4):
            asked_before = len(slack.slack.calls())
            road.cut()
            await slack.slack.until(partial(more_calls, slack, asked_before + 1))

        messages = await answered_in(slack, asked, "word199")
        assert sum(m.text.count("word199") for m in messages) == 1


async def test_a_telegram_that_vanished_without_a_word_is_looked_for_anew() -> None:
    async with (
        FakeTelegram() as telegram,
        Road(telegram.api_base) as road,
        TelegramApi(telegram.token, road.url, timeouts=Timeouts(read_s=3.0)) as api,
    ):
        await api.call("getMe")
        road.vanish()
        assert (await api.call("getMe"))["is_bot"]

        road.vanish()
        with pytest.raises(Ambiguous):
            await api.call("sendMessage", chat_id=ADA, text="lost")
        await api.call("sendMessage", chat_id=ADA, text="hello")

        assert [message.text for message in telegram.chat()] == ["hello"]
        assert road.travelled == 3


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One that nobody trusts, with its key, for `localhost`."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here to make a certificate")
    pem = tmp_path / "road.pem"
    ask = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost "
        f"-keyout {pem}.key -out {pem}.crt"
    )
    subprocess.run(ask.split(), check=True, capture_output=True)
    pem.write_text(Path(f"{pem}.key").read_text() + Path(f"{pem}.crt").read_text())
    return pem


async def test_a_certificate_nobody_vouches_for_is_told_and_nothing_is_said_to_it(
    parley: Parley, certificate: Path
) -> None:
    async with Road(parley.telegram.api_base, certificate) as road:
        parley.extra["PARLEY_TELEGRAM__API_BASE"] = road.url_of("localhost")
        await parley.start()

        await eventually(lambda: "CERTIFICATE_VERIFY_FAILED" in parley.log.read_text())

    assert parley.telegram.calls() == []


@pytest.mark.timeout(120)
async def test_encrypted_connections_that_are_reset_leave_one_answer(
    parley: Parley, certificate: Path
) -> None:
    async with Road(parley.telegram.api_base, certificate) as road:
        parley.extra |= {
            "PARLEY_TELEGRAM__API_BASE": road.url_of("localhost"),
            "SSL_CERT_FILE": str(certificate),
        }
        await parley.start()
        parley.telegram.say("WORDS[60] SLOW[50]")
        await parley.telegram.until(lambda chat: shows(chat, "word0"))

        for _ in range(3):
            await cut(parley, road)

        chat = await answered(parley, "word59", timeout_s=BACKED_OFF_S)
        assert once(chat, "word59")
