"""Operators hear of a trouble once, and again only after it was over."""

from bot.errors import Policy


class Alarms:
    """Of every account: the troubles that its operators know of."""

    def __init__(self) -> None:
        self._raised: set[tuple[str, str]] = set()

    def first(self, account: str, policy: Policy) -> bool:
        """Whether to tell the operators now; the same trouble is told once."""
        trouble = (account, policy.words.key)
        if policy.attention != "operator" or trouble in self._raised:
            return False
        self._raised.add(trouble)
        return True

    def over(self, account: str) -> None:
        """A turn went well: whatever comes next is a new trouble."""
        self._raised = {each for each in self._raised if each[0] != account}
