"""Forms, opened at once: Slack allows three seconds after somebody pressed.

Rule: what is pressed here is not kept, so that it is said when it came to nothing.
"""

import structlog

from adapters.base import AdapterError
from adapters.lane import Urgency
from adapters.slack.api import Me, SlackApi
from adapters.slack.buttons import parse_value
from adapters.slack.forms import FormContext, task_form, words_form
from adapters.slack.names import Names
from adapters.slack.whisper import phrase, whisper, whisper_to
from adapters.slack.words import NameOf, Raw, files_of, plain, text_of

log = structlog.get_logger()


async def ask(api: SlackApi, me: Me, body: Raw, names: Names) -> None:
    """Open the form that a press of a button, or the message shortcut, asks for."""
    user = body["user"]["id"]
    language = names.language(user)
    try:
        await api.call(
            "views.open",
            urgency=Urgency.QUESTION,
            trigger_id=body["trigger_id"],
            view=_form(body, me, names.name, language),
        )
    except AdapterError as error:
        log.info("form.not_opened", reason=str(error))
        too_late = phrase("slack-form-too-late")
        await whisper(api, whisper_to(user, too_late, body), language)


def _form(body: Raw, me: Me, name_of: NameOf, language: str) -> Raw:
    if body["type"] == "message_action":
        return _task(body, me, name_of, language)
    return _words(body, name_of, language)


def _task(body: Raw, me: Me, name_of: NameOf, language: str) -> Raw:
    message = body["message"]
    files = [f"📎 {file.get('name', '')}" for file in files_of(message)]
    quote = "\n".join(filter(None, (text_of(message, me.user_id, name_of), *files)))
    context = FormContext(*place_of(body), message["ts"], quote=quote)
    return task_form(quote, context, language)


def place_of(body: Raw) -> tuple[str, str]:
    """Channel and thread of the message that the shortcut was used on."""
    message = body["message"]
    return body["channel"]["id"], message.get("thread_ts") or message["ts"]


def _words(body: Raw, name_of: NameOf, language: str) -> Raw:
    action, container, message = body["actions"][0], body["container"], body["message"]
    button = parse_value(action["value"])
    assert button, "a button of ours"
    ts = container["message_ts"]
    context = FormContext(
        container["channel_id"],
        message.get("thread_ts") or ts,
        ts,
        view_id=button[0],
        option_id=button[1],
    )
    title = plain(message.get("text", ""), name_of)
    return words_form(title, action["text"]["text"].rstrip("…"), context, language)
