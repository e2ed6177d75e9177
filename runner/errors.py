"""What may keep an agent from working, in words for people."""

from runner.events import Phrase


class RunnerError(Exception):
    """An agent could not be started or understood.

    *phrase* tells people what is wrong, and what to do about it.
    """

    def __init__(self, key: str, **values: str | float) -> None:
        super().__init__(key, *values.values())
        self.phrase = Phrase(key, values)


class AgentNotFound(RunnerError):
    """The agent's executable is not installed."""


class AgentUnsuitable(RunnerError):
    """It is there, but too old, not logged in, or configured against its policy."""


class AgentKilled(RunnerError):
    """A signal ended its process while it started; another start may succeed."""


class NotAtWork(RunnerError):
    """No agent is alive that was given the prompt of `SessionSpec.turn`."""


class SessionGone(RunnerError):
    """The agent has no record of a session that had begun: what was said is lost."""


class SessionElsewhere(RunnerError):
    """The session belongs to another workspace, where alone it can be resumed."""


class Refused(RunnerError):
    """The agent did not do what it was asked beside a turn."""


class WorkspaceMissing(RunnerError):
    """The workspace is not a folder."""


class ProtocolError(RunnerError):
    """The agent said something that is not in its protocol."""
