"""Forms, opened at once: Slack allows three seconds after somebody pressed.

Rule: what is pressed here is not kept, so that it is said when it came to nothing.
"""

import structlog

from adapters.base import AdapterError
from adapters.lane import Urgency
from adapters.slack.api import Me, SlackApi
from adapters.slack.buttons import parse_value
from adapters.slack.forms import FormContext, task_form, words_form
from adapters.slack.whisper import whisper, whisper_to
from adapters.slack.words import NameOf, Raw, files_of, plain, text_of

log = structlog.get_logger()

TOO_LATE = "That took me too long. Please press it again."


async def ask(api: SlackApi, me: Me, body: Raw, name_of: NameOf) -> None:
    """Open the form that a press of a button, or the message shortcut, asks for."""
    try:
        await api.call(
            "views.open",
            urgency=Urgency.QUESTION,
            trigger_id=body["trigger_id"],
            view=_form(body, me, name_of),
        )
    except AdapterError as error:
        log.info("form.not_opened", reason=str(error))
        await whisper(api, whisper_to(body["user"]["id"], TOO_LATE, body))


def _form(body: Raw, me: Me, name_of: NameOf) -> Raw:
    if body["type"] == "message_action":
        return _task(body["channel"]["id"], body["message"], me, name_of)
    return _words(body, name_of)


def _task(channel: str, message: Raw, me: Me, name_of: NameOf) -> Raw:
    ts = message["ts"]
    files = [f"[file: {file.get('name', '')}]" for file in files_of(message)]
    quote = "\n".join(filter(None, (text_of(message, me.user_id, name_of), *files)))
    context = FormContext(channel, message.get("thread_ts") or ts, ts, quote=quote)
    return task_form(quote, context)


def _words(body: Raw, name_of: NameOf) -> Raw:
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
    return words_form(title, action["text"]["text"].rstrip("…"), context)
