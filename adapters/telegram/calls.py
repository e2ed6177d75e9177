"""What drawing asks of Telegram."""

from typing import Any, Protocol


class Calls(Protocol):
    """Telegram's methods, by name."""

    async def call(
        self, method: str, *, timeout_s: float | None = None, **params: Any
    ) -> Any:
        """The raw result. Raises `AdapterError`; a None parameter is left out."""
        ...
