"""What people and projects may spend in a day and in a month.

Rule: what a turn has cost is in the store once it is final; until then a `Spending`
counts it, so that turns that run side by side cannot each spend what is left.
"""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias, get_args

from bot.moments import moment
from runner.events import Phrase

#: A platform, and somebody's id there.
Person: TypeAlias = tuple[str, str]
Whose: TypeAlias = Literal["person", "project"]
Period: TypeAlias = Literal["day", "month"]


class SpendingStore(Protocol):
    async def spent(
        self,
        *,
        since: float,
        people: Collection[Person] | None = None,
        project: str | None = None,
    ) -> float: ...


@dataclass(frozen=True, slots=True)
class Budget:
    """US dollars; 0: as much as it takes."""

    day_usd: float = 0.0
    month_usd: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.day_usd or self.month_usd)

    def of(self, period: Period) -> float:
        return self.day_usd if period == "day" else self.month_usd


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A budget that is used up."""

    whose: Whose
    project: str  # its name; "" if it is a person's
    period: Period
    spent_usd: float
    limit_usd: float
    until: float  # epoch seconds: when the next day or month begins

    @property
    def words(self) -> Phrase:
        return Phrase(
            f"limits-budget-{self.whose}",
            {
                "project": self.project,
                "period": self.period,
                "spent": self.spent_usd,
                "limit": self.limit_usd,
                **moment(self.until),
            },
        )


@dataclass(slots=True, eq=False)
class Spending:
    """What a turn that runs has cost so far."""

    people: frozenset[Person]
    project: str
    usd: float = 0.0


class Budgets:
    """*identities*: all that a person is, on every platform (at least the one given).

    *person*: each person's budget, in all projects together.
    """

    def __init__(
        self,
        store: SpendingStore,
        *,
        person: Budget,
        projects: Mapping[str, Budget],
        identities: Callable[[Person], Collection[Person]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._person = person
        self._projects = projects
        self._identities = identities
        self._clock = clock
        self._open: set[Spending] = set()

    def watches(self, project: str) -> bool:
        """Whether there is any budget to keep to."""
        return bool(self._person or self._projects.get(project))

    def open(self, person: Person, project: str) -> Spending:
        """A turn begins to spend. `close` it once its cost is in the store."""
        spending = Spending(self._all_of(person), project)
        self._open.add(spending)
        return spending

    def close(self, spending: Spending) -> None:
        self._open.discard(spending)

    async def check(self, person: Person, project: str) -> Exceeded | None:
        """Before a turn, and while it runs: the used up budget that lasts longest."""
        found = []
        for whose, period, limit in self._kept_to(project):
            since, until = bounds(period, self._clock())
            spent = await self._spent(whose, person, project, since)
            if spent >= limit:
                name = project if whose == "project" else ""
                found.append(Exceeded(whose, name, period, spent, limit, until))
        return max(found, key=lambda each: each.until, default=None)

    async def state(self, person: Person, project: str) -> list[Phrase]:
        """What the person has spent today, and how all budgets stand."""
        limits = {(whose, each): limit for whose, each, limit in self._kept_to(project)}
        limits.setdefault(("person", "day"), 0.0)
        told = []
        for (whose, period), limit in limits.items():
            since, _ = bounds(period, self._clock())
            spent = await self._spent(whose, person, project, since)
            told.append(_stands(whose, project, period, spent, limit))
        return told

    def _kept_to(self, project: str) -> Iterator[tuple[Whose, Period, float]]:
        budgets: dict[Whose, Budget] = {
            "project": self._projects.get(project, Budget()),
            "person": self._person,
        }
        for period in get_args(Period):
            for whose, budget in budgets.items():
                if limit := budget.of(period):
                    yield whose, period, limit

    async def _spent(
        self, whose: Whose, person: Person, project: str, since: float
    ) -> float:
        if whose == "project":
            return await self._project_spent(project, since)
        return await self._person_spent(person, since)

    async def _project_spent(self, project: str, since: float) -> float:
        kept = await self._store.spent(since=since, project=project)
        return kept + sum(each.usd for each in self._open if each.project == project)

    async def _person_spent(self, person: Person, since: float) -> float:
        people = self._all_of(person)
        kept = await self._store.spent(since=since, people=people)
        return kept + sum(each.usd for each in self._open if each.people & people)

    def _all_of(self, person: Person) -> frozenset[Person]:
        return frozenset({person, *self._identities(person)})


def _stands(
    whose: Whose, project: str, period: Period, spent: float, limit: float
) -> Phrase:
    return Phrase(
        f"limits-spent-{whose}" if limit else "limits-spent",
        {"project": project, "period": period, "spent": spent, "limit": limit},
    )


def bounds(period: Period, now: float) -> tuple[float, float]:
    """The day or month that *now* is in, by this machine's clock: begin and end."""
    today = (
        datetime.fromtimestamp(now)
        .astimezone()
        .replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    )  # without a zone: a day that begins or ends summer time is counted rightly
    if period == "day":
        return today.timestamp(), (today + timedelta(days=1)).timestamp()
    first = today.replace(day=1)
    return first.timestamp(), (first + timedelta(days=32)).replace(day=1).timestamp()
