"""Operators hear of a trouble once, and again only after it was over."""

from bot.errors import Policy
from runner.events import Phrase


class Alarms:
    """Of every account: the troubles that its operators know of."""

    def __init__(self) -> None:
        self._raised: dict[str, dict[str, Phrase]] = {}  # by account and key

    def first(self, account: str, policy: Policy) -> bool:
        """Whether to tell the operators now; the same trouble is told once."""
        raised = self._raised.setdefault(account, {})
        if policy.attention != "operator" or policy.words.key in raised:
            return False
        raised[policy.words.key] = policy.words
        return True

    def raised(self, account: str) -> list[Phrase]:
        """What an operator has to see to; the newest last."""
        return list(self._raised.get(account, {}).values())

    def over(self, account: str) -> None:
        """A turn went well: whatever comes next is a new trouble."""
        self._raised.pop(account, None)
