import pytest

from runner.environment import MARK, Billing, child_environment
from runner.errors import AgentUnsuitable

PARENT = {
    "HOME": "/home/ada",
    "PATH": "/bin",
    "LC_ALL": "C.UTF-8",
    "HTTPS_PROXY": "http://proxy",
    "TELEGRAM_BOT_TOKEN": "secret",
    "PARLEY_TELEGRAM__TOKEN": "secret",
    "CLAUDECODE": "1",
    "ANTHROPIC_BASE_URL": "http://elsewhere",
}


def made(
    billing: Billing = "subscription", extra: dict[str, str] | None = None, **more: str
) -> dict[str, str]:
    return child_environment({**PARENT, **more}, extra or {}, billing=billing, mark="m")


def test_the_agent_gets_what_it_needs_and_no_secret_of_ours() -> None:
    env = made()

    assert env["HOME"] == "/home/ada"
    assert env["LC_ALL"] == "C.UTF-8"
    assert env["HTTPS_PROXY"] == "http://proxy"
    assert env[MARK] == "m"
    assert env["CLAUDE_CODE_EAGER_FLUSH"] == "1"
    assert "secret" not in env.values()
    assert "CLAUDECODE" not in env
    assert "ANTHROPIC_BASE_URL" not in env


def test_what_the_operator_adds_is_passed_on() -> None:
    assert made(extra={"ANTHROPIC_BASE_URL": "http://ours"})["ANTHROPIC_BASE_URL"]


def test_a_key_lying_around_does_not_pay_for_a_subscription() -> None:
    assert "ANTHROPIC_API_KEY" not in made(ANTHROPIC_API_KEY="k")


@pytest.mark.parametrize("billing", ["subscription", "api_key"])
def test_two_credentials_are_an_error_that_names_them(billing: Billing) -> None:
    with pytest.raises(
        AgentUnsuitable, match=r"'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_API_KEY'"
    ):
        made(billing, {"ANTHROPIC_API_KEY": "k"}, CLAUDE_CODE_OAUTH_TOKEN="t")


def test_an_empty_credential_counts_as_none() -> None:
    env = made("api_key", {"ANTHROPIC_API_KEY": "k"}, CLAUDE_CODE_OAUTH_TOKEN="")

    assert env["ANTHROPIC_API_KEY"] == "k"
    assert "CLAUDE_CODE_OAUTH_TOKEN" not in env


def test_billing_a_key_needs_a_key() -> None:
    with pytest.raises(AgentUnsuitable, match="agent-no-key"):
        made("api_key")
