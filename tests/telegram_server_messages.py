"""The Bot API's methods that make, change and remove messages."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.telegram_server_media import (
    PHOTO_LIMIT,
    UPLOAD_LIMIT,
    Uploads,
    attached,
    document,
    photo,
    upload,
)
from tests.telegram_server_rules import (
    Refused,
    accept_text,
    bad,
    check_keyboard,
    check_reaction,
)
from tests.telegram_server_world import BOT, Message, World, chat_of

Params: TypeAlias = dict[str, Any]
Method: TypeAlias = Callable[[World, Params, Uploads], Any]


# --- sending ------------------------------------------------------------------


def send_message(world: World, params: Params, uploads: Uploads) -> Any:
    content = _text(params, "text", "entities")
    return _send(world, params, content).raw


def send_document(world: World, params: Params, uploads: Uploads) -> Any:
    name, data = upload(uploads, "document", UPLOAD_LIMIT)
    content = {**document(world, name, data), **_caption(params)}
    return _send(world, params, content, data).raw


def send_photo(world: World, params: Params, uploads: Uploads) -> Any:
    name, data = upload(uploads, "photo", PHOTO_LIMIT)
    content = {**photo(world, name, data), **_caption(params)}
    return _send(world, params, content, data).raw


def _send(
    world: World, params: Params, content: dict[str, Any], data: bytes = b""
) -> Message:
    chat_id = open_chat(world, params)
    check_keyboard(params.get("reply_markup"))
    place = {**_thread(world, chat_id, params), **_reply(world, chat_id, params)}
    _charge(world, chat_id)
    raw = {
        "message_id": world.new_id(),
        "from": BOT,
        "chat": chat_of(chat_id),
        "date": int(time.time()),
        **place,
        **content,
        **_markup(params),
    }
    silent = bool(params.get("disable_notification"))
    return world.add(Message(raw, silent=silent, data=data))


def _text(params: Params, key: str, entities_key: str) -> dict[str, Any]:
    if params.get("parse_mode"):
        raise bad("a parse mode: the fake takes entities only")
    limit = 4096 if key == "text" else 1024
    text, entities = accept_text(
        params[key], params.get(entities_key) or [], limit=limit
    )
    return {key: text, **({entities_key: entities} if entities else {})}


def _caption(params: Params) -> dict[str, Any]:
    if not params.get("caption"):
        return {}
    return _text(params, "caption", "caption_entities")


def _markup(params: Params) -> dict[str, Any]:
    markup = params.get("reply_markup") or {}
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}


def open_chat(world: World, params: Params) -> int:
    chat_id: int = params["chat_id"]
    if chat_id in world.blocked:
        raise Refused("Forbidden: bot was blocked by the user", 403)
    if chat_id not in world.known_chats:
        raise Refused("Bad Request: chat not found")
    return chat_id


def _charge(world: World, chat_id: int) -> None:
    if world.flood:
        world.flood.charge(chat_id)


def _thread(world: World, chat_id: int, params: Params) -> dict[str, Any]:
    thread = params.get("message_thread_id")
    if not thread:
        return {}
    if (chat_id, thread) not in world.topics:
        raise Refused("Bad Request: message thread not found", fault=thread == 1)
    if not world.topics[chat_id, thread]:
        raise Refused("Bad Request: TOPIC_CLOSED")
    return {"message_thread_id": thread, "is_topic_message": True}


def _reply(world: World, chat_id: int, params: Params) -> dict[str, Any]:
    wanted = params.get("reply_parameters")
    if not wanted:
        return {}
    if message := world.find(chat_id, int(wanted["message_id"])):
        one_level = {k: v for k, v in message.raw.items() if k != "reply_to_message"}
        return {"reply_to_message": one_level}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise Refused("Bad Request: message to be replied not found")


# --- changing -----------------------------------------------------------------


def edit_message_text(world: World, params: Params, uploads: Uploads) -> Any:
    message = _own(world, params, "edit")
    if "text" not in message.raw:
        raise Refused("Bad Request: there is no text in the message to edit")
    return _change(world, message, params, _text(params, "text", "entities"))


def edit_message_media(world: World, params: Params, uploads: Uploads) -> Any:
    message = _own(world, params, "edit")
    if not message.raw.keys() & {"text", "photo", "document"}:
        raise Refused("Bad Request: there is no media in the message to edit")
    media = params["media"]
    kind, name, data = attached(media, uploads)
    file = (photo if kind == "photo" else document)(world, name, data)
    changed = _change(world, message, params, {**file, **_caption(media)})
    message.data = data
    return changed


def edit_message_caption(world: World, params: Params, uploads: Uploads) -> Any:
    message = _own(world, params, "edit")
    return _change(world, message, params, _caption(params))


def edit_message_reply_markup(world: World, params: Params, uploads: Uploads) -> Any:
    message = _own(world, params, "edit")
    keys = ("text", "entities", "caption", "caption_entities")
    content = {key: message.raw[key] for key in keys if key in message.raw}
    return _change(world, message, params, content)


def _change(
    world: World, message: Message, params: Params, content: dict[str, Any]
) -> dict[str, Any]:
    check_keyboard(params.get("reply_markup"))
    mutable: tuple[str, ...] = (
        "text",
        "entities",
        "caption",
        "caption_entities",
        "reply_markup",
    )
    if content.keys() & {"photo", "document"}:
        mutable += ("photo", "document")
    before = {key: message.raw[key] for key in mutable if key in message.raw}
    after = {**content, **_markup(params)}
    _charge(world, message.chat_id)
    if before == after:
        raise Refused(
            "Bad Request: message is not modified: specified new message content and "
            "reply markup are exactly the same as a current content and reply markup "
            "of the message"
        )
    for key in before:
        del message.raw[key]
    message.raw.update(after, edit_date=int(time.time()))
    message.versions.append(message.text)
    world.change()
    return message.raw


def delete_message(world: World, params: Params, uploads: Uploads) -> Any:
    message = world.find(open_chat(world, params), params["message_id"])
    if message is None:
        raise Refused("Bad Request: message to delete not found")
    world.remove(message)
    return True


def delete_messages(world: World, params: Params, uploads: Uploads) -> Any:
    chat_id = open_chat(world, params)
    for message in [world.find(chat_id, number) for number in params["message_ids"]]:
        if message:
            world.remove(message)
    return True


def set_message_reaction(world: World, params: Params, uploads: Uploads) -> Any:
    reaction = params.get("reaction") or []
    check_reaction(reaction)
    message = world.find(open_chat(world, params), params["message_id"])
    if message is None:
        raise Refused("Bad Request: message to react not found")
    message.reaction = reaction[0]["emoji"] if reaction else ""
    world.change()
    return True


def _own(world: World, params: Params, verb: str) -> Message:
    message = world.find(open_chat(world, params), params["message_id"])
    if message is None:
        raise Refused(f"Bad Request: message to {verb} not found")
    if not message.from_bot:
        raise Refused(f"Bad Request: message can't be {verb}ed", fault=True)
    return message


MESSAGE_METHODS: dict[str, Method] = {
    "sendmessage": send_message,
    "senddocument": send_document,
    "sendphoto": send_photo,
    "editmessagetext": edit_message_text,
    "editmessagemedia": edit_message_media,
    "editmessagecaption": edit_message_caption,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "deletemessages": delete_messages,
    "setmessagereaction": set_message_reaction,
}
