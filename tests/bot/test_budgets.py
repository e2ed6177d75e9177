from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.language import languages
from bot.budgets import Budget, Budgets, Exceeded, Period, Person, bounds
from bot.errors import in_words

ADA: Person = ("telegram", "1")
ADA_TOO: Person = ("slack", "U1")
GRACE: Person = ("telegram", "2")
NOW = datetime(2026, 11, 21, 12).timestamp()  # noqa: DTZ001 - this machine's day
YESTERDAY = NOW - 24 * 3600
NONE = Budget()
LAST_MONTH = NOW - 30 * 24 * 3600


@dataclass
class Ledger:
    rows: list[tuple[float, Person, str, float]] = field(default_factory=list)

    async def spent(
        self,
        *,
        since: float,
        people: Collection[Person] | None = None,
        project: str | None = None,
    ) -> float:
        return sum(
            usd
            for at, person, where, usd in self.rows
            if at >= since
            and (people is None or person in people)
            and (project is None or where == project)
        )


def linked(person: Person) -> Collection[Person]:
    return {ADA, ADA_TOO} if person in (ADA, ADA_TOO) else {person}


def budgets_of(
    ledger: Ledger,
    *,
    person: Budget = NONE,
    web: Budget = NONE,
) -> Budgets:
    return Budgets(
        ledger,
        person=person,
        projects={"web": web},
        identities=linked,
        clock=lambda: NOW,
    )


async def test_a_persons_day_is_used_up_on_all_platforms_and_projects_together() -> (
    None
):
    ledger = Ledger([(NOW, ADA, "web", 1.5), (YESTERDAY, ADA, "web", 9)])
    budgets = budgets_of(ledger, person=Budget(day_usd=2))
    assert await budgets.check(ADA, "web") is None

    ledger.rows.append((NOW, ADA_TOO, "other", 0.5))
    found = await budgets.check(ADA, "web")
    assert found == Exceeded("person", "", "day", 2.0, 2, bounds("day", NOW)[1])
    assert await budgets.check(GRACE, "web") is None
    assert "$2.00 of $2.00 today" in in_words(found.words, "en")


async def test_a_projects_month_is_used_up_by_everybody_together() -> None:
    ledger = Ledger([(LAST_MONTH, ADA, "web", 99), (YESTERDAY, GRACE, "web", 20)])
    budgets = budgets_of(ledger, web=Budget(month_usd=20))

    found = await budgets.check(ADA, "web")
    assert found
    assert (found.whose, found.project, found.period) == ("project", "web", "month")
    words = in_words(found.words, "en")
    assert words.startswith("The budget of web is used up: $20.00 of $20.00 this month")
    assert await budgets.check(ADA, "other") is None


async def test_what_runs_counts_before_it_is_in_the_ledger() -> None:
    ledger = Ledger()
    budgets = budgets_of(ledger, person=Budget(day_usd=2), web=Budget(day_usd=3))
    hers, his = budgets.open(ADA_TOO, "web"), budgets.open(GRACE, "web")
    hers.usd = his.usd = 1.6
    found = await budgets.check(ADA, "web")
    assert found
    assert (found.whose, found.spent_usd) == ("project", 3.2)
    assert await budgets.check(ADA, "other") is None

    hers.usd = 2.0
    assert await budgets.check(ADA, "other")
    ledger.rows.append((NOW, ADA, "web", 0.1))
    budgets.close(hers)
    budgets.close(hers)
    assert await budgets.check(ADA, "other") is None


async def test_of_several_the_one_that_lasts_longest_is_told() -> None:
    """There would be no more tomorrow."""
    ledger = Ledger([(NOW, ADA, "web", 9)])
    found = await budgets_of(ledger, person=Budget(1, 5), web=Budget(day_usd=2)).check(
        ADA, "web"
    )

    assert found
    assert (found.whose, found.period) == ("person", "month")


async def test_how_budgets_stand_is_told_with_amounts() -> None:
    ledger = Ledger([(YESTERDAY, ADA, "web", 5), (NOW, ADA, "web", 1.5)])
    web, hers = Budget(month_usd=50), Budget(day_usd=2)

    told = await budgets_of(ledger, person=hers, web=web).state(ADA, "web")
    assert [in_words(each, "en") for each in told] == [
        "Today: $1.50 of your $2.00",
        "web, this month: $6.50 of $50.00",
    ]

    told = await budgets_of(ledger).state(ADA, "web")
    assert [in_words(each, "en") for each in told] == ["Today: $1.50"]


async def test_without_budgets_nothing_is_used_up() -> None:
    ledger = Ledger([(NOW, ADA, "web", 1000)])

    assert await budgets_of(ledger).check(ADA, "web") is None
    assert not budgets_of(ledger).watches("web")
    assert budgets_of(ledger, web=Budget(day_usd=1)).watches("web")
    assert not budgets_of(ledger, web=Budget(day_usd=1)).watches("other")
    assert budgets_of(ledger, person=Budget(month_usd=1)).watches("other")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("period", ["day", "month"])
@pytest.mark.parametrize("whose", ["person", "project"])
def test_every_budget_has_words_of_its_own(
    language: str, period: Period, whose: Literal["person", "project"]
) -> None:
    exceeded = Exceeded(whose, "web", period, 1234.5, 1000, NOW)

    words = in_words(exceeded.words, language)
    assert "$1,234.50" in words
    assert "$1,000.00" in words
    assert ("web" in words) == (whose == "project")


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_every_moment_is_in_its_day_and_its_month(when: datetime) -> None:
    now = when.timestamp()
    for period in get_args(Period):
        begin, end = bounds(period, now)

        assert begin <= now < end
        assert bounds(period, end)[0] == end
        assert bounds(period, begin)[0] == begin
        assert timedelta(hours=22) <= timedelta(seconds=end - begin)
