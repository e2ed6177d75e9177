"""Who pays for Claude Code, as it says itself. Pure."""

from collections.abc import Mapping
from typing import Any

from runner.environment import Billing
from runner.errors import AgentUnsuitable


def examine(account: Mapping[str, Any], billing: Billing) -> None:
    """Raise `AgentUnsuitable` before anything has cost anything."""
    key = account.get("apiKeySource") or "none"
    if key == "none" and account.get("tokenSource") == "ANTHROPIC_AUTH_TOKEN":
        key = "ANTHROPIC_AUTH_TOKEN"
    if key == "none" and account.get("apiProvider", "firstParty") != "firstParty":
        key = f"of {account['apiProvider']}"
    if billing == "subscription" and key != "none":
        raise AgentUnsuitable("agent-would-bill-key", payer=str(key))


def payer(account: Mapping[str, Any]) -> str:
    """Raises `AgentUnsuitable` if nobody is logged in."""
    for name in ("subscriptionType", "tokenSource", "apiKeySource"):
        if (value := account.get(name)) not in (None, "", "none"):
            return str(value)
    raise AgentUnsuitable("agent-not-logged-in")
