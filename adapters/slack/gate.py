"""Who may do what came in, and whether it is for us at all. Trusts nothing in it.

Rule: whoever cannot be told for sure to be allowed does not get in. Judging changes
nothing but which threads are ours.
"""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

from adapters.base import Intake
from adapters.inbound import Address
from adapters.slack.api import Me
from adapters.slack.manifest import SHORTCUT
from adapters.slack.payload import Payload, part, text
from adapters.slack.people import People, Rooms
from adapters.slack.said import Said, read_said
from adapters.slack.verdict import Drop, Expected, Joined, Keep, Now, Revoked, Verdict
from adapters.slack.whisper import Words, phrase, whisper_to
from adapters.strangers import hint

OUTSIDE = phrase("slack-outside")
ENGAGED = 1000


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who did something, as far as the payload tells."""

    user: str
    body: Payload
    teams: frozenset[str]  # every workspace that is named
    heard: bool = True  # they turned to us, and expect to hear something

    def dropped(self, reason: str, words: Words) -> Drop:
        whisper = whisper_to(self.user, words, self.body) if self.heard else None
        return Drop(reason, whisper)


class Gate:
    """Judges bodies as Slack sends them. *outsiders*: guests and others may come in."""

    def __init__(
        self,
        intake: Intake,
        people: People,
        rooms: Rooms,
        me: Me,
        *,
        outsiders: bool = False,
    ) -> None:
        self._intake = intake
        self._people = people
        self._rooms = rooms
        self._me = me
        self._outsiders = outsiders
        self._engaged: OrderedDict[Address, None] = OrderedDict()

    def engage(self, address: Address) -> None:
        """What is said in this thread is for us from now on."""
        self._engaged[address] = None
        self._engaged.move_to_end(address)
        if len(self._engaged) > ENGAGED:
            self._engaged.popitem(last=False)

    async def judge(self, body: Payload) -> Verdict:
        """Raises `AdapterError` if Slack cannot be asked who somebody is."""
        match text(body, "type"):
            case "event_callback":
                return await self._event(body)
            case "block_actions":
                return await self._press(body)
            case "view_submission":
                return await self._admit(presser(body), _key("sub", body, "view", "id"))
            case "message_action" if text(body, "callback_id") == SHORTCUT:
                return await self._admit(
                    presser(body), Now(), text(part(body, "channel"), "id")
                )
            case "" if text(body, "command"):
                kept = _key("cmd", body, "trigger_id")
                return await self._admit(
                    commander(body), kept, text(body, "channel_id")
                )
            case kind:
                return Drop(f"unknown: {kind}")

    async def _event(self, body: Payload) -> Verdict:
        event = part(body, "event")
        match text(event, "type"):
            case "message" | "app_mention":
                said = read_said(body, self._me)
                if isinstance(said, str):
                    return Drop(said)
                return await self._said(said, body)
            case "agent_session_stopped":
                return await self._admit(doer(body), _key("ev", body, "event_id"))
            case "app_home_opened" if text(event, "tab") == "messages":
                channel, user = text(event, "channel"), text(event, "user")
                place = Address("slack", channel, team=self._me.team_id)
                return await self._admit(doer(body), Expected(place, user))
            case "member_joined_channel" if text(event, "user") == self._me.user_id:
                return Joined(text(event, "channel"))
            case "tokens_revoked" if part(event, "tokens").get("bot"):
                return Revoked("tokens_revoked")
            case "app_uninstalled":
                return Revoked("app_uninstalled")
            case kind:
                return Drop(f"nothing to do: {kind}")

    async def _said(self, said: Said, body: Payload) -> Verdict:
        to_us = said.direct or said.mentioned
        if not to_us and not said.reply:
            return Drop("not for us")
        teams = said.teams | {text(body, "team_id")}
        who = Who(said.user, body, teams, heard=to_us and said.new)
        if barred := self._barred(who, shared=bool(body.get("is_ext_shared_channel"))):
            return barred
        address = Address("slack", said.channel, said.thread, self._me.team_id)
        if said.mentioned:
            self.engage(address)  # before anything is waited for: a reply may follow
        elif not said.direct and not await self._ours(address):
            return Drop("not for us")
        return await self._doubt(who) or Keep(said.key)

    async def _press(self, body: Payload) -> Verdict:
        actions = body.get("actions")
        action = (
            text(actions[0], "action_id")
            if isinstance(actions, list) and actions
            else ""
        )
        match action.partition(":")[0]:
            case "choose":
                return await self._admit(presser(body), _key("act", body, "trigger_id"))
            case "words":
                return await self._admit(presser(body), Now())
            case _:
                return Drop(f"nothing to do: {action}")

    async def _admit(
        self, who: Who, verdict: Keep | Now | Expected, channel: str = ""
    ) -> Verdict:
        """*verdict*, if they may. *channel*: one that may be shared with others."""
        if barred := self._barred(who, shared=False):
            return barred
        if (
            channel
            and not channel.startswith("D")
            and not self._outsiders
            and await self._rooms.shared(channel)
        ):
            return who.dropped("outside", OUTSIDE)
        return await self._doubt(who) or verdict

    def _barred(self, who: Who, *, shared: bool) -> Drop | None:
        """Why they may not, if that takes no asking."""
        allowed = self._intake.allows(who.user)
        outside = shared or who.teams - {self._me.team_id, ""}
        if outside and not self._outsiders:
            return who.dropped("outside", OUTSIDE) if allowed else Drop("outside")
        return None if allowed else who.dropped("stranger", partial(hint, who.user))

    async def _doubt(self, who: Who) -> Drop | None:
        """Why they may not, although they are on the list."""
        person = await self._people.person(who.user)
        if person.nobody:
            return Drop("nobody")
        if person.outsider and not self._outsiders:
            return who.dropped("outside", OUTSIDE)
        return None

    async def _ours(self, address: Address) -> bool:
        if address in self._engaged:
            return True
        if known := await self._intake.knows(address):
            self.engage(address)
        return known


def doer(body: Payload) -> Who:
    """Who caused an event."""
    event = part(body, "event")
    teams = frozenset({text(body, "team_id"), text(event, "team")})
    return Who(text(event, "user"), body, teams, heard=False)


def presser(body: Payload) -> Who:
    """Who pressed a button, sent a form, or used a shortcut."""
    user = part(body, "user")
    teams = frozenset({text(body, "team", "id"), text(user, "team_id")})
    return Who(text(user, "id"), body, teams)


def commander(body: Payload) -> Who:
    """Who gave a slash command."""
    return Who(text(body, "user_id"), body, frozenset({text(body, "team_id")}))


def _key(kind: str, body: Payload, *path: str) -> Keep:
    return Keep(f"{kind}:{text(body, *path)}")
