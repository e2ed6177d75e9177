"""The agent's login has expired: at the start, in the middle of a turn, and renewed."""

import json
from pathlib import Path

import pytest

from tests.claude_cli import FAKE_KEY
from tests.e2e.machine.clinic import Clinic
from tests.e2e.parley import eventually
from tests.messages_reply import Reply
from tests.telegram_server import Message

NEEDED = "not logged in, or its login was refused"
EXPIRED = "OAuth token has expired. Please obtain a new token or refresh."
AGAIN = "Try again"
ALLOW = "Allow once"


@pytest.fixture(params=["subscription", "api_key"])
def payer(clinic: Clinic, request: pytest.FixtureRequest) -> str:
    """How the agent is paid for; it tries nothing again by itself."""
    billing: str = request.param
    login = {
        "subscription": {"CLAUDE_CODE_OAUTH_TOKEN": "sk-ant-oat01-fake"},
        "api_key": {"ANTHROPIC_API_KEY": FAKE_KEY},
    }[billing]
    env = {"ANTHROPIC_BASE_URL": clinic.api.url, "CLAUDE_CODE_MAX_RETRIES": "0"}
    clinic.extra["PARLEY_AGENTS__CLAUDE__BILLING"] = billing
    clinic.extra["PARLEY_AGENTS__CLAUDE__ENV"] = json.dumps({**env, **login})
    return billing


def refuse(clinic: Clinic, payer: str) -> None:
    """As long as the agent tries: a subscription's token it reads once more."""
    times = 2 if payer == "subscription" else 1
    clinic.api.then(*[Reply(status=401, message=EXPIRED)] * times)


async def press(clinic: Clinic, label: str) -> None:
    """Wait for such a button."""

    def found() -> list[tuple[Message, str]]:
        chat = clinic.telegram.chat()
        return [(one, each) for one in chat for each in one.labels if label in each]

    await eventually(found)
    clinic.telegram.press(*found()[-1])


async def unwell(clinic: Clinic) -> str:
    """What `/readyz` says of the agent, once it says anything."""
    status, parts = await clinic.readiness()
    assert (status, parts["agent"]["ok"]) == (503, False)
    return str(parts["agent"]["detail"])


async def test_an_expired_login_is_told_and_a_new_one_takes_the_message_up(
    clinic: Clinic, payer: str
) -> None:
    refuse(clinic, payer)
    await clinic.start()
    clinic.telegram.say("SAY[first]")
    await clinic.shows(NEEDED)
    assert NEEDED in await unwell(clinic)

    await press(clinic, AGAIN)  # somebody has logged in

    await clinic.answered("first")
    status, parts = await clinic.readiness()
    assert (status, parts["agent"]["ok"]) == (200, True)
    assert len(clinic.rows("SELECT 1 FROM turn")) == 1


async def test_a_login_that_expires_in_the_middle_of_a_turn_loses_nothing_of_it(
    clinic: Clinic, payer: str, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    await clinic.start()
    clinic.telegram.say(f"RUN[echo ran >> {mark}]RUN")
    await eventually(lambda: clinic.api.requests)
    refuse(clinic, payer)
    await press(clinic, ALLOW)
    await clinic.shows(NEEDED)
    assert NEEDED in await unwell(clinic)
    assert mark.read_text() == "ran\n"

    await press(clinic, AGAIN)

    await clinic.shows("Tool said")
    assert mark.read_text() == "ran\n"  # its work is in the agent's memory
    assert "Running it." in clinic.api.requests[-1].everything
