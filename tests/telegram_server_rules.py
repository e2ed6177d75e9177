"""What Telegram accepts: the schema of every method, texts, keyboards. No state.

aiogram's models are the schema (Bot API 10.3), TDLib the judge of texts.
"""

import json
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import aiogram.methods
from aiogram.methods import TelegramMethod
from pydantic import BaseModel, ValidationError

from tests.telegram_oracle import clean, validate

METHODS: dict[str, type[TelegramMethod[Any]]] = {
    method.__api_method__.lower(): method
    for method in vars(aiogram.methods).values()
    if isinstance(method, type)
    and issubclass(method, TelegramMethod)
    and isinstance(getattr(method, "__api_method__", None), str)
}

#: What a bot may react with, as far as a program like ours would want to.
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
) | {"👨‍💻", "🤷‍♂", "🤷", "🤷‍♀", "❤‍🔥"}

STYLES = {"danger", "success", "primary"}
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass
class Refused(Exception):
    """An answer with `"ok": false`. *fault*: a correct program never provokes it."""

    description: str
    code: int = 400
    parameters: dict[str, Any] = field(default_factory=dict)
    fault: bool = False


def bad(description: str) -> Refused:
    return Refused(f"Bad Request: {description}", fault=True)


# --- parameters ---------------------------------------------------------------


def read_parameters(
    method: str, sent: Mapping[str, Any], uploads: Sequence[str] = ()
) -> dict[str, Any]:
    """The parameters as Python values, checked against the schema."""
    model = METHODS[method.lower()]
    values = {name: _decoded(model, name, value) for name, value in sent.items()}
    for name in uploads:
        if name in model.model_fields:
            values[name] = f"attach://{name}"
    try:
        checked = model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise bad(f"{where}: {first['msg']} (schema of {method})") from error
    if unknown := sorted(_unknown(checked)):
        raise bad(f"unknown parameters {unknown} (schema of {method})")
    plain = {name: getattr(checked, name) for name in values}
    json_values = {k: v for k, v in values.items() if isinstance(v, dict | list)}
    chat = {"chat_id": int(plain["chat_id"])} if "chat_id" in plain else {}
    return {**plain, **json_values, **chat}


def _decoded(model: type[BaseModel], name: str, value: Any) -> Any:
    known = model.model_fields.get(name)
    if known is None or not isinstance(value, str) or not _is_json(known.annotation):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise bad(f"can't parse {name} JSON object") from error


def _is_json(annotation: Any) -> bool:
    """Whether a form field of this type holds JSON, not plain words."""
    if isinstance(annotation, types.GenericAlias) and annotation.__origin__ is list:
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(map(_is_json, get_args(annotation)))


def _unknown(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}{name}"
        for name in value.model_fields_set:
            yield from _unknown(getattr(value, name, None), f"{path}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from _unknown(item, path)


# --- texts --------------------------------------------------------------------


def accept_text(
    text: str, entities: Sequence[Mapping[str, Any]], *, limit: int = 4096
) -> tuple[str, list[dict[str, Any]]]:
    """The text as it will be shown, and where its entities are then."""
    if len(text.encode()) > 32_768:
        raise bad("text is too long")
    if len(entities) > 100:
        raise bad(f"{len(entities)} entities: Telegram would drop some, silently")
    if "\t" in text:
        raise bad("a tab in the text: Telegram would make it one space, silently")
    if error := validate(text, list(entities)):
        raise bad(error[0].lower() + error[1:])
    shown, kept = clean(text, entities)
    if not shown.strip(INVISIBLE):
        raise bad("message text is empty" if not text else "text must be non-empty")
    if units(shown) > limit:
        raise bad("message is too long")
    return shown, kept


def units(text: str) -> int:
    """Length as Telegram counts: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


# --- keyboards, reactions, commands -------------------------------------------


def check_keyboard(markup: Mapping[str, Any] | None) -> None:
    if not markup or "inline_keyboard" not in markup:
        return
    rows = markup["inline_keyboard"]
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    if not button["text"].strip():
        raise bad("text buttons are unallowed in the inline keyboard: empty label")
    if not button.keys() - {"text", "style", "icon_custom_emoji_id"}:
        raise bad("text buttons are unallowed in the inline keyboard")
    if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if not 1 <= len(button.get("copy_text", {}).get("text", "x")) <= 256:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if "style" in button and button["style"] not in STYLES:
        raise bad("BUTTON_STYLE_INVALID")
    if "url" in button:
        link = {"type": "text_link", "offset": 0, "length": 1, "url": button["url"]}
        if error := validate("x", [link]):
            raise bad(f"inline keyboard button URL is invalid: {error}")


def check_reaction(reaction: Sequence[Mapping[str, Any]]) -> None:
    if len(reaction) > 1:
        raise bad("REACTIONS_TOO_MANY")
    for one in reaction:
        if one["type"] != "emoji" or one["emoji"] not in REACTIONS:
            raise bad("REACTION_INVALID")


def check_commands(commands: Sequence[Mapping[str, Any]]) -> None:
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
