"""What follows when a turn does not simply end well: it waits, begins again, or asks.

Rule: whatever is tried again goes on from the agent's own record.
"""

from collections.abc import Iterable, Iterator

import structlog

from adapters.inbound import Address
from adapters.language import say
from adapters.views import Notice
from bot.access import Access
from bot.cards import asker_of_turn
from bot.errors import Offer, Policy, in_words, policy_of
from bot.menus import Menu, MenuChoice
from bot.meter import Reached
from bot.parking import continues, parked
from bot.questions import Questions
from bot.running import Running
from bot.screens import turn_view_id
from bot.shared import Shared
from bot.show import Show
from runner.events import TurnFinished
from store.records import TurnRecord

log = structlog.get_logger()


class Endings:
    def __init__(
        self, shared: Shared, access: Access, questions: Questions, *, show: Show
    ) -> None:
        self._shared = shared
        self._access = access
        self._questions = questions
        self._show = show

    async def postponed(self, running: Running, event: TurnFinished) -> float | None:
        """Seconds until it may go on, if it is not to end like this; else None."""
        if event.stop_reason == "end_turn":
            await self._went_well(running)
        if event.stop_reason != "failed":
            return None
        policy = policy_of(event, retried=running.retried)
        if policy.action == "wait":
            return await self._park(running, event, policy)
        if policy.action != "retry":
            return None
        running.retried += 1
        await running.books.charge(event)
        words = in_words(policy.words, running.language)
        again = say(running.language, "talk-again", seconds=round(policy.again_s))
        return policy.again_s if await running.hold(f"{words} {again}") else None

    async def after(self, running: Running, event: TurnFinished) -> None:
        """It has ended: offer what a person can do about it."""
        if event.stop_reason in ("end_turn", "interrupted"):
            return
        policy = policy_of(event, retried=running.retried)
        if self._shared.alarms.first(self._shared.account, policy):
            log.error("agent.needs_operator", cause=event.cause, detail=event.detail)
            self._tell_operators(running, policy)
        if policy.action == "ask":
            await self._offer("ending", running, policy.offers)

    async def over_budget(self, running: Running, project: str) -> bool:
        """Whether it may not begin: then it has ended, and says why."""
        budgets = self._shared.budgets
        if running.asked.anyway or not budgets.watches(project):
            return False
        exceeded = await budgets.check(running.person, project)
        if exceeded is None:
            return False
        await running.fail(in_words(exceeded.words, running.language))
        await self._ask_an_admin(running, "again")
        return True

    async def offer_more(self, running: Running, reached: Reached) -> None:
        """A limit of ours has cut it off: it can go on all the same."""
        if reached.limit == "budget":
            await self._ask_an_admin(running, "go-on")
        else:
            await self._offer("ending", running, ("go-on",))

    async def ask_about_memory(self, running: Running) -> None:
        """The agent has forgotten everything, and nobody pretends otherwise."""
        await self._offer("memory", running, ("recap", "new"))

    def note_parked(self, waiting: Iterable[Running], until: float) -> bool:
        """Say below each of them when it goes on; whether that is new."""
        now, changed = self._shared.clock(), False
        for running in waiting:
            note = in_words(continues(until, now), running.language)
            if running.turn.view().note != note:
                running.turn.note(note)
                changed = True
        return changed

    async def _went_well(self, running: Running) -> None:
        account = self._shared.account
        began_at = running.record.submitted_at or 0.0
        await self._shared.parking.succeeded(account, began_at=began_at)
        self._shared.alarms.over(account)

    async def _park(
        self, running: Running, event: TurnFinished, policy: Policy
    ) -> float | None:
        parking, account = self._shared.parking, self._shared.account
        until = await parking.park(
            account, until=policy.until, reason=event.detail[:200]
        )
        await running.books.charge(event)
        now = self._shared.clock()
        note = in_words(continues(until, now), running.language)
        if not await running.hold(note):
            return None
        turn = running.record
        if parking.first_told(account, turn.conversation_id):
            notice = Notice(
                id=f"np{turn.id}",
                text=in_words(parked(until, now), running.language),
                reply_to=running.reply_to,
                notify=True,
                language=running.language,
            )
            self._show(notice, home=running.address)
        return 0.0

    def _tell_operators(self, running: Running, policy: Policy) -> None:
        """Where we can write to them first, and they do not see it anyway."""
        asker = asker_of_turn(running.record).person
        for platform, person in self._operators():
            there = Address(platform, person)
            if there == running.address or asker == f"{platform}:{person}":
                continue
            language = self._shared.people.language_of(platform, person)
            words = say(
                language,
                "limits-operator",
                agent=self._shared.runner.agent,
                words=in_words(policy.words, language),
            )
            notice = Notice(
                id=f"no{running.record.id}", text=words, notify=True, language=language
            )
            self._shared.screens.show([there], notice)

    def _operators(self) -> Iterator[tuple[str, str]]:
        """Each with the platform on which a person's id is a place to write to."""
        for platform in ("telegram", "slack"):
            for person in self._access.admins(platform):
                yield platform, person

    async def _offer(
        self, kind: str, running: Running, offers: tuple[Offer, ...]
    ) -> None:
        choices = [_choice(offer, running) for offer in offers]
        await self._menu(kind, running.record, choices, running.language)

    async def _ask_an_admin(self, running: Running, command: str) -> None:
        view_id = turn_view_id(running.record.id)
        label = say(running.language, "talk-anyway")
        await self._questions.menu(
            Menu(
                kind="budget",
                title=say(running.language, "talk-anyway-title"),
                choices=[MenuChoice(label, command, f"{view_id} anyway")],
                asker=asker_of_turn(running.record),
                decider="admins",
                language=running.language,
            )
        )

    async def _menu(
        self, kind: str, turn: TurnRecord, choices: list[MenuChoice], language: str
    ) -> None:
        await self._questions.menu(
            Menu(
                kind=kind,
                title=say(language, f"talk-{kind}-title"),
                choices=choices,
                asker=asker_of_turn(turn),
                language=language,
            )
        )


def _choice(offer: Offer, running: Running) -> MenuChoice:
    view_id = turn_view_id(running.record.id)
    commands: dict[Offer, tuple[str, str]] = {
        "retry": ("again", view_id),
        "recap": ("again", f"{view_id} recap"),
        "go-on": ("go-on", view_id),
        "compact": ("compact", ""),
        "new": ("new", ""),
        "model": ("model", ""),
    }
    command, argument = commands[offer]
    label = say(running.language, f"limits-offer-{offer}")
    return MenuChoice(label, command, argument)
