"""What people press in Slack: commands, buttons, boxes, shortcuts, forms."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.slack_server_delivery import Act, Delivery, Road
from tests.slack_server_events import shown
from tests.slack_server_message import ADA, APP_ID, BOT_ID, TEAM, Message
from tests.slack_server_reading import elements_of
from tests.slack_server_responses import Responses
from tests.slack_server_rooms import direct_channel
from tests.slack_server_world import Modal, World


class Presses:
    def __init__(
        self, world: World, delivery: Delivery, responses: Responses, *roads: Road
    ) -> None:
        self._world = world
        self._delivery = delivery
        self._responses = responses
        self._roads = roads
        self._ticked: dict[tuple[str, str], dict[str, list[Any]]] = {}

    def dm(self, user: str = ADA) -> str:
        return direct_channel(self._world, user).id

    def command(
        self,
        text: str = "",
        *,
        user: str = ADA,
        channel: str | None = None,
        name: str = "/claude",
    ) -> Act:
        """A slash command; to the bot if there is no *channel*."""
        channel = channel or self.dm(user)
        payload = {
            "token": "a-legacy-token",
            "team_id": TEAM,
            "team_domain": "parley-test",
            "channel_id": channel,
            "channel_name": self._world.channels[channel].name or "directmessage",
            "user_id": user,
            "user_name": self._world.people[user].name,
            "command": name,
            "text": text,
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._responses.new_url(),
            "trigger_id": self._world.trigger(user),
        }
        act = self._delivery.deliver(self._road, "slash_commands", payload)
        self._responses.expect(payload["response_url"], act, channel, user, None)
        return act

    def press(self, message: Message, button: str, *, user: str = ADA) -> Act:
        """Press a button, by its label, action id or value. It may be gone by now."""
        found = [
            (block_id, element)
            for block_id, element in elements_of(message.all_blocks)
            if element["type"] == "button"
            and button
            in {element["text"]["text"], element["action_id"], element.get("value")}
        ]
        assert found, f"no button {button!r} among {message.buttons}"
        block_id, element = found[0]
        kept = ("action_id", "type", "text", "value", "style")
        action = {k: element[k] for k in kept if k in element}
        return self._act(message, {**action, "block_id": block_id}, user)

    def tick(self, message: Message, *options: str, user: str = ADA) -> Act:
        """Choose these, by label or value, of what can be ticked; no other then is."""
        block_id, element = next(
            (b, e) for b, e in elements_of(message.all_blocks) if "options" in e
        )
        wanted = set(options)
        chosen = [
            option
            for option in element["options"]
            if wanted & {option["text"]["text"], option["value"]}
        ]
        assert len(chosen) == len(wanted), f"not all of {options} are there"
        self._ticked.setdefault((message.ts, user), {})[block_id] = chosen
        kept = {k: element[k] for k in ("action_id", "type")}
        action = {**kept, "block_id": block_id, "selected_options": chosen}
        return self._act(message, action, user)

    def shortcut(
        self,
        message: Message,
        *,
        user: str = ADA,
        callback_id: str = "ask_about_message",
    ) -> Act:
        """A shortcut from a message's menu."""
        payload = {
            **self._interaction("message_action", user),
            "callback_id": callback_id,
            "message_ts": message.ts,
            "action_ts": self._world.ts(),
            "channel": self._channel(message.channel),
            "message": shown(self._world, message),
            "response_url": self._responses.new_url(),
        }
        return self._interactive(payload, message)

    def _act(self, message: Message, action: dict[str, Any], user: str) -> Act:
        container = {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": bool(message.ephemeral_to),
        }
        if message.thread:
            container["thread_ts"] = message.thread
        raw = shown(self._world, message)
        payload = {
            **self._interaction("block_actions", user),
            "container": container,
            "channel": self._channel(message.channel),
            **({} if message.ephemeral_to else {"message": raw}),
            "state": {"values": self._state(message, user)},
            "response_url": self._responses.new_url(),
            "actions": [{**action, "action_ts": self._world.ts()}],
        }
        return self._interactive(payload, message)

    def _state(self, message: Message, user: str) -> dict[str, Any]:
        """What this person sees ticked, of all there is to tick in the message."""
        ticked = self._ticked.get((message.ts, user), {})
        state: dict[str, Any] = {}
        for block_id, element in elements_of(message.all_blocks):
            if "options" in element:
                chosen = ticked.get(block_id, element.get("initial_options", []))
                value = {"type": element["type"], "selected_options": chosen}
                state.setdefault(block_id, {})[element["action_id"]] = value
        return state

    # --- forms

    def submit(
        self, modal: Modal, values: Mapping[str, str], *, user: str | None = None
    ) -> Act:
        """Send a form: words for its inputs, by label, action id or block id.

        What the app answers is in the act's `answer`, and in `modal.errors`.
        """
        assert modal.open, "that form is closed"
        view = {
            **modal.view,
            "id": modal.id,
            "team_id": TEAM,
            "state": {"values": _filled_in(modal.view["blocks"], values)},
            "hash": f"{modal.id}.1",
            "root_view_id": modal.id,
            "previous_view_id": None,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM,
            "bot_id": BOT_ID,
        }
        payload = {
            **self._interaction("view_submission", user or modal.user),
            "view": view,
            "response_urls": [],
        }
        act = self._delivery.deliver(self._road, "interactive", payload)
        act.then = modal.answered
        return act

    # --- parts of payloads

    @property
    def _road(self) -> Road:
        return next((road for road in self._roads if road.open), self._roads[-1])

    def _interactive(self, payload: dict[str, Any], message: Message) -> Act:
        act = self._delivery.deliver(self._road, "interactive", payload)
        user = payload["user"]["id"]
        url = payload["response_url"]
        self._responses.expect(url, act, message.channel, user, message)
        return act

    def _interaction(self, kind: str, user: str) -> dict[str, Any]:
        person = self._world.people[user]
        name = person.name.split()[0].lower()
        return {
            "type": kind,
            "token": "a-legacy-token",
            "team": {"id": TEAM, "domain": "parley-test"},
            "user": {
                "id": user,
                "username": name,
                "name": name,
                "team_id": person.team,
            },
            "api_app_id": APP_ID,
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self._world.trigger(user),
        }

    def _channel(self, channel: str) -> dict[str, str]:
        name = self._world.channels[channel].name or "directmessage"
        return {"id": channel, "name": name}


def _filled_in(
    blocks: Sequence[Mapping[str, Any]], values: Mapping[str, str]
) -> dict[str, Any]:
    """The state of a form's inputs; a client insists on what is required."""
    left = dict(values)
    state: dict[str, Any] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element, label = block["element"], block["label"]["text"]
        names = (label, element["action_id"], block["block_id"])
        name = next((name for name in names if name in left), "")
        words = left.pop(name, element.get("initial_value", ""))
        assert words or block.get("optional"), f"{label!r} must be filled in"
        assert len(words) <= element.get("max_length", 3000), f"{label!r} is too long"
        value = {"type": element["type"], "value": words or None}
        state[block["block_id"]] = {element["action_id"]: value}
    assert not left, f"no such inputs: {sorted(left)}"
    return state
