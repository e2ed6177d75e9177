"""Trying again, where a platform says that it may help."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    stop_never,
    wait_exponential,
)

from adapters.base import Ambiguous, Busy, RateLimited, Unavailable

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

PATIENCE_S = 60.0
#: Troubles that may be over the next moment.
PASSING = (Unavailable, Ambiguous, RateLimited, Busy)


def for_a_minute(sleep: Sleep) -> AsyncRetrying:
    """While a person can be expected to wait."""
    return _trying(sleep, stop_after_attempt(7) | stop_before_delay(PATIENCE_S))


def for_ever(sleep: Sleep) -> AsyncRetrying:
    return _trying(sleep, stop_never)


def _trying(sleep: Sleep, stop: Callable[[RetryCallState], bool]) -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception_type(PASSING),
        wait=_pause,
        stop=stop,
        sleep=sleep,
        reraise=True,
    )


def _pause(state: RetryCallState) -> float:
    match state.outcome and state.outcome.exception():
        case RateLimited(retry_after_s=wait_s) | Busy(wait_s=wait_s):
            return wait_s
        case _:
            return wait_exponential(max=16)(state)
