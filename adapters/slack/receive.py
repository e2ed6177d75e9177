"""From kept events to `intake.deliver`: read, put in order, with their files.

Rule: nothing is remembered here that a crash may not take; the kept rows are the state.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import assert_never

import structlog

from adapters.base import Intake, Menu, Screen
from adapters.inbound import Address, Inbound, Kept
from adapters.retry import Sleep
from adapters.slack.api import Me, SlackApi
from adapters.slack.ask import ask, place_of
from adapters.slack.channels import Channels
from adapters.slack.heard import Message, Nothing, NotUnderstood, Slash, Task
from adapters.slack.inbound import read
from adapters.slack.lane import Lane, Surroundings
from adapters.slack.media import SlackFiles
from adapters.slack.names import Names
from adapters.slack.openings import Openings
from adapters.slack.root import Roots
from adapters.slack.starts import Starts
from adapters.slack.words import Raw

log = structlog.get_logger()

LANES = 256  # that are remembered while nothing happens in them


class Receiver:
    """Turns what is kept into what the bot hears. Give it rows with `take`, and what
    cannot wait with `now`.
    """

    def __init__(
        self,
        intake: Intake,
        api: SlackApi,
        me: Me,
        screen: Screen,
        *,
        names: Names,
        commands: Menu,
        roots: Roots,
        engage: Callable[[Address], None],
        busy: Callable[[str], list[Address]],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._intake = intake
        self._api = api
        self._me = me
        self._names = names
        self._files = SlackFiles(intake.folder, api, sleep=sleep)
        self._starts = Starts(
            intake,
            api,
            me,
            Openings(api, screen, roots, sleep=sleep),
            Channels(api, sleep=sleep),
            names=names,
            commands=commands,
            engage=engage,
            busy=busy,
        )
        self._taken: asyncio.Queue[Kept | Raw] = asyncio.Queue()
        self._lanes: OrderedDict[Address, Lane] = OrderedDict()

    def take(self, kept: Sequence[Kept]) -> None:
        """Rows just kept. Never blocks; what comes before `run` waits."""
        for row in kept:
            self._taken.put_nowait(row)

    def now(self, body: Raw) -> None:
        """Somebody waits for a form. Never blocks."""
        self._taken.put_nowait(body)

    async def run(self) -> None:
        """Until cancelled. First what an earlier run left, then what is taken."""
        left = await self._intake.pending()
        replayed = {row.event_id for row in left}  # may hold rows that are taken, too
        async with asyncio.TaskGroup() as tasks:
            around = Surroundings(
                intake=self._intake, files=self._files, names=self._names, tasks=tasks
            )
            for row in left:
                self._route(row, around)
            while True:
                match await self._taken.get():
                    case Kept() as row:
                        if row.event_id not in replayed:
                            self._route(row, around)
                    case body:
                        tasks.create_task(self._apart("form", partial(self._ask, body)))

    def _route(self, row: Kept, around: Surroundings) -> None:
        doing: Callable[[], Awaitable[None]]
        try:
            heard = read(row, self._me, self._names.name)
        except NotUnderstood as error:
            doing = partial(self._intake.park, row.event_id, str(error))
            around.tasks.create_task(self._apart(row.event_id, doing))
            return
        match heard.what:
            case Message(address=address) | Inbound(address=address) as what:
                lag_s = row.kept_at - heard.at
                self._lane(address, around).post(heard.at, what, lag_s=lag_s)
                return
            case Slash() as slash:
                doing = partial(self._starts.slash, slash)
            case Task() as task:
                doing = partial(self._starts.task, task)
            case Nothing():
                doing = partial(self._intake.discard, (row.event_id,))
            case _:
                assert_never(heard.what)
        around.tasks.create_task(self._apart(row.event_id, doing))

    def _lane(self, address: Address, around: Surroundings) -> Lane:
        lane = self._lanes.pop(address, None) or Lane(around)
        self._lanes[address] = lane
        oldest = next(iter(self._lanes))
        if len(self._lanes) > LANES and self._lanes[oldest].idle:
            del self._lanes[oldest]
        return lane

    async def _ask(self, body: Raw) -> None:
        if body["type"] == "message_action":  # they will type for a while
            channel, thread = place_of(body)
            place = Address("slack", channel, thread, self._me.team_id)
            self._intake.expect(place, body["user"]["id"])
        await ask(self._api, self._me, body, self._names)

    async def _apart(self, event_id: str, doing: Callable[[], Awaitable[None]]) -> None:
        """What goes wrong with one event is its own; it stays kept."""
        try:
            await doing()
        except Exception:
            log.exception("inbound.not_dealt_with", event_id=event_id)
