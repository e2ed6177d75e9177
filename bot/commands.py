"""The commands people may give, and what Parley says in return. Pure."""

from dataclasses import dataclass

from adapters.base import Health
from adapters.inbound import Command

#: Name and description, as the platforms' menus show them.
COMMANDS = (
    ("stop", "Stop the work, and drop what waits"),
    ("new", "Start a new conversation"),
    ("status", "What is going on"),
    ("help", "What I can do"),
)

HELP = """\
Write to me as you would to a colleague at the keyboard: I pass it to the coding agent \
on the machine I run on and show you what it does.{place}

- Photos and files reach the agent too (up to 20 MB each).
- When it needs your permission, I ask with buttons, and wait as long as it takes.
- When it asks you something, press a button or simply write.
- A message while it works is queued; you can cancel it.

**{sign}stop** stops the work and drops what waits. The button under a running message \
stops only that one.
**{sign}new** starts a new conversation with nothing remembered.
**{sign}status** says what is going on."""
#: How a command is told from a message. Slack's own do not work in threads.
SIGNS = {"slack": "!"}
PLACES = {
    "slack": " Each thread is a conversation: begin one with the slash command, a "
    "mention or a direct message, and just write in it."
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Facts for `/status`."""

    agent: str
    model: str
    workspace: str
    warm: bool  # the agent's process is up
    working_s: float | None  # how long on the current turn; None: idle
    waiting: int
    agents: int  # processes up, of at most `limit`
    limit: int
    turns_today: int
    cost_today_usd: float
    parked: int
    health: dict[str, Health]  # by platform


def help_text(platform: str) -> str:
    return HELP.format(sign=SIGNS.get(platform, "/"), place=PLACES.get(platform, ""))


def unknown(command: Command) -> str:
    return f"I do not know /{command.name}. /help lists what I can do."


def status_text(status: Status) -> str:
    doing = "resting (the next message starts it)"
    if status.working_s is not None:
        doing = f"working for {round(status.working_s)} s"
    elif status.warm:
        doing = "ready"
    lines = [
        f"**{status.agent}** is {doing}.",
        f"- waiting: {status.waiting}",
        f"- folder: `{status.workspace}`",
    ]
    if status.model:
        lines.append(f"- model: {status.model}")
    lines += [
        f"- agents up: {status.agents} of {status.limit}",
        f"- today: {status.turns_today} turns, ${status.cost_today_usd:.2f}",
    ]
    lines += [
        f"- {platform}: {health.state}" + (f" — {health.reason}" * bool(health.reason))
        for platform, health in sorted(status.health.items())
    ]
    if status.parked:
        lines.append(
            f"- {status.parked} messages could not be read and are kept aside; "
            "`parley doctor` lists them"
        )
    return "\n".join(lines)
