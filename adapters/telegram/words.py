"""What a Telegram message says, in words for an agent. Pure."""

from collections.abc import Sequence

from adapters.names import one_line
from adapters.telegram.media import Raw, media_of
from adapters.telegram.rich import quoted, rich_text

QUOTE_LIMIT = 300  # characters of a message replied to; a chosen part is kept whole

#: What Telegram tells a chat about itself; nobody is speaking.
SERVICE = frozenset(  # in quotes of their own these would hide the file
    """
    boost_added channel_chat_created chat_background_set chat_owner_changed
    chat_owner_left chat_shared checklist_tasks_added checklist_tasks_done
    community_chat_added community_chat_joined community_chat_removed
    connected_website delete_chat_photo direct_message_price_changed
    forum_topic_closed forum_topic_created forum_topic_edited forum_topic_reopened
    general_forum_topic_hidden general_forum_topic_unhidden gift_upgrade_sent
    giveaway_completed giveaway_created group_chat_created left_chat_member
    managed_bot_created message_auto_delete_timer_changed migrate_from_chat_id
    migrate_to_chat_id new_chat_members new_chat_photo new_chat_title
    paid_message_price_changed passport_data pinned_message poll_option_added
    poll_option_deleted proximity_alert_triggered refunded_payment successful_payment
    suggested_post_approval_failed suggested_post_approved suggested_post_declined
    suggested_post_info suggested_post_paid suggested_post_refunded
    supergroup_chat_created user_shared users_shared video_chat_ended
    video_chat_participants_invited video_chat_scheduled video_chat_started
    web_app_data write_access_allowed
    """.split()  # noqa: SIM905
)

PASSED_ON = frozenset({"forward_origin", "via_bot"})
SPOKEN = frozenset({"voice", "video_note"})

#: Sent by people, but a bot gets nothing of it to pass on.
UNREADABLE = (
    "game", "gift", "giveaway", "giveaway_winners", "invoice", "paid_media", "story",
    "unique_gift",
)  # fmt: skip


def is_service(message: Raw) -> bool:
    return not SERVICE.isdisjoint(message)


def is_foreign(message: Raw) -> bool:
    """Whether it brings words, or a file, that its sender did not make.

    What somebody speaks into the app is their own, and so is what they quote of their
    own words, or of the agent's.
    """
    if not PASSED_ON.isdisjoint(message):
        return True
    if media_of(message) and SPOKEN.isdisjoint(message):
        return True
    if not _quote(message):
        return False
    answered = message.get("reply_to_message")
    if not answered or not PASSED_ON.isdisjoint(answered):
        return True
    author = answered.get("from") or {}
    return not author.get("is_bot") and author.get("id") != message["from"]["id"]


def words_of(message: Raw) -> str:
    """What the person wrote, with the addresses behind links spelt out."""
    if rich := message.get("rich_message"):
        return rich_text(rich["blocks"])
    if "text" in message:
        return _with_links(message["text"], message.get("entities", ()))
    return _with_links(message.get("caption", ""), message.get("caption_entities", ()))


def lead_of(message: Raw) -> str:
    """What goes before the words: where they come from, or what they answer."""
    if origin := message.get("forward_origin"):
        return f"Forwarded from {_origin(origin)}:\n"
    if quote := _quote(message):
        return f"{quoted(quote)}\n\n"
    return ""


def note_of(message: Raw) -> str:
    """What a message is that does not consist of words alone; "" if that is plain."""
    match message:
        case {"sticker": sticker}:
            return f"[sticker {sticker.get('emoji', '')}".rstrip() + "]"
        case {"voice": {"duration": int(length)}}:
            return f"[voice message, {_clock(length)}]"
        case {"video_note": {"duration": int(length)}}:
            return f"[video message, {_clock(length)}]"
        case {"audio": {"duration": int(length)} as audio}:
            title = [audio[key] for key in ("performer", "title") if audio.get(key)]
            return f"[audio, {', '.join([*map(one_line, title), _clock(length)])}]"
        case {"video": {"duration": int(length)}}:
            return f"[video, {_clock(length)}]"
        case {"live_photo": _}:
            return "[live photo: the still picture only]"
        case {"contact": contact}:
            return f"[contact: {person(contact)}, {contact.get('phone_number', '')}]"
        case {"venue": {"location": place, "title": title, "address": address}}:
            return f"[place: {one_line(title)}, {one_line(address)}, {_point(place)}]"
        case {"location": place}:
            return f"[location: {_point(place)}]"
        case {"poll": {"question": question, "options": options}}:
            return "\n".join([
                f"[poll: {one_line(question)}]",
                *(f"- {one_line(option['text'])}" for option in options),
            ])  # fmt: skip
        case {"checklist": {"title": title, "tasks": tasks}}:
            return "\n".join([f"[checklist: {one_line(title)}]", *map(_task, tasks)])
        case {"dice": {"emoji": emoji, "value": value}}:
            return f"[{emoji} {value}]"
        case _:
            return ""


def person(who: Raw) -> str:
    """A name for people to read; it proves nothing."""
    names = (who.get("first_name"), who.get("last_name"))
    return one_line(" ".join(filter(None, names)) or who.get("username") or "somebody")


def _with_links(text: str, entities: Sequence[Raw]) -> str:
    # Offsets count UTF-16 units. Half a surrogate pair cannot be written to a pipe or
    # a database, so it is replaced here, once.
    units = text.encode("utf-16-le", "surrogatepass")
    links = [entity for entity in entities if entity["type"] == "text_link"]
    for link in sorted(links, key=lambda link: link["offset"], reverse=True):
        start, end = 2 * link["offset"], 2 * (link["offset"] + link["length"])
        address = link["url"].encode("utf-16-le", "surrogatepass")
        if units[start:end] != address:
            before, after = " (".encode("utf-16-le"), ")".encode("utf-16-le")
            units = units[:end] + before + address + after + units[end:]
    return units.decode("utf-16-le", "replace")


def _quote(message: Raw) -> str:
    if chosen := message.get("quote"):
        return str(chosen["text"])
    if outside := message.get("external_reply"):
        return f"{_summary(outside)} ({_origin(outside['origin'])})"
    answered = message.get("reply_to_message")
    # In a topic some clients make every message a reply to the topic's first one.
    root = message.get("message_thread_id")
    if not answered or is_service(answered) or answered["message_id"] == root:
        return ""
    return _summary(answered)


def _summary(message: Raw) -> str:
    text = words_of(message) or note_of(message)
    if not text:
        media = media_of(message)
        return f"[{one_line(media.name)}]" if media else "[a message]"
    return text if len(text) <= QUOTE_LIMIT else f"{text[:QUOTE_LIMIT].rstrip()} …"


def _origin(origin: Raw) -> str:
    match origin:
        case {"sender_user": user}:
            return person(user)
        case {"sender_user_name": str(name)}:
            return one_line(name)
        case {"sender_chat": chat} | {"chat": chat}:
            return one_line(chat.get("title") or person(chat))
        case _:
            return "somewhere"


def _task(task: Raw) -> str:
    done = "completion_date" in task
    return f"- [{'x' if done else ' '}] {one_line(task['text'])}"


def _point(place: Raw) -> str:
    return f"{place['latitude']}, {place['longitude']}"


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"
