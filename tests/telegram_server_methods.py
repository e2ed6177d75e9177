"""What the Bot API's methods do to the world, and what they answer."""

import re
from typing import Any

from tests.telegram_server_media import Uploads
from tests.telegram_server_messages import (
    MESSAGE_METHODS,
    Method,
    Params,
    open_chat,
)
from tests.telegram_server_rules import Refused, bad, check_commands
from tests.telegram_server_world import BOT, World, chat_of

DOWNLOAD_LIMIT = 20 << 20

#: These change nothing that a test would look at.
HARMLESS = {
    "close",
    "deletemycommands",
    "logout",
    "pinchatmessage",
    "setchatmenubutton",
    "setmydescription",
    "setmyname",
    "setmyshortdescription",
    "unpinchatmessage",
}


def perform(world: World, method: str, params: Params, uploads: Uploads) -> Any:
    """The result of a call. Raises `Refused`."""
    name = method.lower()
    if name in HARMLESS:
        return True
    if name not in METHODS:
        raise bad(f"{method} is not modelled by the fake: teach it")
    return METHODS[name](world, params, uploads)


def get_me(world: World, params: Params, uploads: Uploads) -> Any:
    return BOT


def get_chat(world: World, params: Params, uploads: Uploads) -> Any:
    return {**chat_of(open_chat(world, params)), "accent_color_id": 0}


def get_file(world: World, params: Params, uploads: Uploads) -> Any:
    file = world.files.get(params["file_id"])
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if file.size > DOWNLOAD_LIMIT:
        raise Refused("Bad Request: file is too big")
    return {
        "file_id": params["file_id"],
        "file_unique_id": "unique",
        "file_size": file.size,
        "file_path": file.path,
    }


def answer_callback_query(world: World, params: Params, uploads: Uploads) -> Any:
    query = params["callback_query_id"]
    text = params.get("text") or ""
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    if not world.queries.get(query):
        raise Refused(
            "Bad Request: query is too old and response timeout expired or "
            "query ID is invalid"
        )
    world.answers[query] = text
    world.change()
    return True


def send_chat_action(world: World, params: Params, uploads: Uploads) -> Any:
    world.actions.append((open_chat(world, params), params["action"]))
    world.change()
    return True


def set_my_commands(world: World, params: Params, uploads: Uploads) -> Any:
    check_commands(params["commands"])
    world.commands[_scope(params)] = params["commands"]
    world.change()
    return True


def get_my_commands(world: World, params: Params, uploads: Uploads) -> Any:
    return world.commands.get(_scope(params), [])


def _scope(params: Params) -> str:
    scope = str((params.get("scope") or {}).get("type", "default"))
    language = params.get("language_code") or ""
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("invalid language code specified")
    return f"{scope}:{language}" if language else scope


def delete_webhook(world: World, params: Params, uploads: Uploads) -> Any:
    if params.get("drop_pending_updates"):
        world.updates.clear()
    world.webhook = ""
    return True


def get_webhook_info(world: World, params: Params, uploads: Uploads) -> Any:
    return {
        "url": world.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }


METHODS: dict[str, Method] = {
    **MESSAGE_METHODS,
    "getme": get_me,
    "getchat": get_chat,
    "getfile": get_file,
    "answercallbackquery": answer_callback_query,
    "sendchataction": send_chat_action,
    "setmycommands": set_my_commands,
    "getmycommands": get_my_commands,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
}
