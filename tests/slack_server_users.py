"""People, the bot itself, and reactions: what their methods do here."""

import re
from typing import Any

from tests.slack_server_message import BOT_ID, BOT_USER, TEAM
from tests.slack_server_rooms import member_channel
from tests.slack_server_rules import Refused, bad
from tests.slack_server_world import Person, World

Answer = dict[str, Any]


def who_am_i(world: World, params: dict[str, Any]) -> Answer:
    return {
        "url": "https://parley-test.slack.com/",
        "team": "Parley Test",
        "user": "parley",
        "team_id": TEAM,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def person(world: World, params: dict[str, Any]) -> Answer:
    found = world.people.get(params["user"])
    if found is None:
        raise Refused("user_not_found")
    locale = {"locale": found.locale} if params.get("include_locale") else {}
    return {"user": {**_person(found), **locale}}


def _person(found: Person) -> dict[str, Any]:
    names = {"real_name": found.name, "display_name": found.name.split()[0].lower()}
    return {
        "id": found.id,
        "team_id": found.team,
        "name": found.name.split()[0].lower(),
        "real_name": found.name,
        "deleted": found.deleted,
        "profile": {**names, "team": found.team},
        "is_bot": found.bot,
        "is_restricted": found.guest,
        "is_ultra_restricted": False,
        "is_stranger": found.stranger,
        "is_app_user": False,
        "tz": "Europe/London",
    }


def react(world: World, params: dict[str, Any]) -> Answer:
    reactions = _reactions(world, params)
    users = reactions.setdefault(params["name"], [])
    if BOT_USER in users:
        raise Refused("already_reacted")
    users.append(BOT_USER)
    world.change()
    return {}


def unreact(world: World, params: dict[str, Any]) -> Answer:
    reactions = _reactions(world, params)
    users = reactions.get(params["name"], [])
    if BOT_USER not in users:
        raise Refused("no_reaction")
    users.remove(BOT_USER)
    if not users:
        del reactions[params["name"]]
    world.change()
    return {}


def _reactions(world: World, params: dict[str, Any]) -> dict[str, list[str]]:
    channel = member_channel(world, params.get("channel", ""))
    message = world.find(channel.id, params.get("timestamp", ""))
    if message is None:
        raise Refused("message_not_found")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", params["name"]):
        raise bad("invalid_name", params["name"])
    return message.reactions


METHODS = {
    "auth.test": who_am_i,
    "reactions.add": react,
    "reactions.remove": unreact,
    "users.info": person,
}
