"""What the parts of `Store` have in common."""

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, Protocol, TypeVar

from store.database import Database
from store.errors import Passing

T = TypeVar("T")


class Patience(Protocol):
    """What to do about a trouble that passes: ask again, when and as often as it sees
    fit.
    """

    async def __call__(
        self, trouble: Passing, ask: Callable[[], Awaitable[T]]
    ) -> T: ...


class Part:
    """The questions about one subject. Rule: every public method is one transaction.

    So one that failed did nothing, and can be asked again: with *patience*, it is.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        patience: Patience | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._patience = patience

    def __init_subclass__(cls) -> None:
        for name, method in list(vars(cls).items()):
            if iscoroutinefunction(method) and not name.startswith("_"):
                setattr(cls, name, _patient(method))


def _patient(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    async def asked(self: Part, *args: Any, **named: Any) -> Any:
        try:
            return await method(self, *args, **named)
        except Passing as trouble:
            if self._patience is None:
                raise
            return await self._patience(trouble, partial(method, self, *args, **named))

    return asked
