import traceback
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.base import (
    AdapterError,
    Ambiguous,
    Busy,
    LoggedOut,
    Rejected,
    Unavailable,
)
from adapters.files import FileTooBig
from adapters.inbound import Address
from adapters.lane import Urgency
from adapters.slack.api import SlackApi
from adapters.slack.errors import NotMember, Refused
from tests.slack_server import ADA, BOB, BOT_USER, TEAM, FakeSlack

PING = "Hey <!channel>, <@U0ADA> and <!subteam^S1>"


@pytest.fixture
async def api(slack: FakeSlack) -> AsyncIterator[SlackApi]:
    async with SlackApi(slack.bot_token, slack.api_base) as api:
        yield api


async def test_it_knows_who_it_is(slack: FakeSlack, api: SlackApi) -> None:
    me = await api.me()

    assert (me.team_id, me.user_id) == (TEAM, BOT_USER)
    assert me.bot_id.startswith("B")
    assert me.team
    assert me.name


# --- what goes out ------------------------------------------------------------


async def test_a_post_rings_nobody_but_the_one_it_is_for(
    slack: FakeSlack, api: SlackApi
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": PING}}

    await api.call(
        "chat.postMessage", channel=slack.general, ping=BOB, text=PING, blocks=[section]
    )
    assert slack.live_pings == []
    await api.call("chat.postMessage", channel=slack.general, ping=ADA, text=PING)

    assert slack.live_pings == [f"<@{ADA}>"]
    assert slack.refusals == []


async def test_nothing_that_is_streamed_or_edited_rings_anybody(
    slack: FakeSlack, api: SlackApi
) -> None:
    asked = slack.say("hi")
    words = {"type": "markdown_text", "text": PING}
    stream = await api.call(
        "chat.startStream", channel=asked.channel, thread_ts=asked.ts, chunks=[words]
    )
    place = {"channel": asked.channel, "ts": stream["ts"]}

    task = {"type": "task_update", "id": "1", "title": PING, "status": "complete"}
    await api.call("chat.appendStream", chunks=[task], **place)
    await api.call("chat.stopStream", chunks=[words], **place)
    await api.call("chat.update", markdown_text=PING, **place)

    assert slack.live_pings == []
    assert slack.refusals == []


async def test_slack_is_asked_to_take_texts_as_they_are(
    slack: FakeSlack, api: SlackApi
) -> None:
    sent = await api.call("chat.postMessage", channel=slack.general, text="@ada")
    await api.call("chat.update", channel=slack.general, ts=sent["ts"], text="@bob")

    (post,), (edit,) = slack.calls("chat.postMessage"), slack.calls("chat.update")
    assert post.params["parse"] == edit.params["parse"] == "none"
    assert not post.params["link_names"]
    assert not post.params["unfurl_links"]
    assert not post.params["unfurl_media"]


async def test_a_parameter_that_is_none_is_left_out(
    slack: FakeSlack, api: SlackApi
) -> None:
    await api.call(
        "chat.postMessage",
        channel=slack.general,
        text="hi",
        thread_ts=None,
        blocks=None,
    )

    (call,) = slack.calls("chat.postMessage")
    assert "thread_ts" not in call.params


# --- what comes back ----------------------------------------------------------


async def post(api: SlackApi, channel: str, text: str = "hi") -> dict[str, Any]:
    return await api.call(
        "chat.postMessage", urgency=Urgency.QUESTION, channel=channel, text=text
    )


async def test_a_channel_without_us_cannot_be_reached(
    slack: FakeSlack, api: SlackApi
) -> None:
    elsewhere = slack.open_channel("elsewhere", [ADA], bot=False)

    with pytest.raises(NotMember) as caught:
        await post(api, elsewhere)

    assert caught.value.code == "not_in_channel"


async def test_a_refusal_says_why_in_slacks_word(
    slack: FakeSlack, api: SlackApi
) -> None:
    with pytest.raises(Refused, match=r"chat\.update: message_not_found") as caught:
        await api.call("chat.update", channel=slack.general, ts="1.0", text="hi")

    assert caught.value.code == "message_not_found"


async def test_a_bad_token_logs_us_out_and_is_told_to_nobody(slack: FakeSlack) -> None:
    async with SlackApi("xoxb-a-secret", slack.api_base) as api:
        with pytest.raises(LoggedOut) as caught:
            await api.me()

    told = "".join(traceback.format_exception(caught.value))
    assert "secret" not in told
    assert caught.value.__context__ is None


FAULTS: list[tuple[str, type[AdapterError], type[AdapterError]]] = [
    ("hang", Ambiguous, Unavailable),
    ("drop_before", Ambiguous, Unavailable),  # who drops does not say when
    ("drop_after", Ambiguous, Unavailable),
    ("5xx", Unavailable, Unavailable),
    ("garbage", Ambiguous, Unavailable),
    ("error", Ambiguous, Unavailable),  # internal_error
]


@pytest.mark.parametrize(("fault", "of_send", "of_edit"), FAULTS)
async def test_only_where_it_matters_is_a_lost_answer_ambiguous(
    slack: FakeSlack,
    fault: Any,
    of_send: type[AdapterError],
    of_edit: type[AdapterError],
) -> None:
    slack.fail("chat[.].*", 2, fault)

    patience_s = 1.0 if fault == "hang" else 20.0
    async with SlackApi(slack.bot_token, slack.api_base, timeout_s=patience_s) as api:
        with pytest.raises(of_send):
            await post(api, slack.general)
        with pytest.raises(of_edit):
            await api.call("chat.update", channel=slack.general, ts="1.0", text="hi")


async def test_without_a_connection_nothing_happened(slack: FakeSlack) -> None:
    async with SlackApi(slack.bot_token, "http://127.0.0.1:9/api/") as api:
        with pytest.raises(Unavailable):
            await post(api, slack.general)


# --- how often ----------------------------------------------------------------


async def test_a_rate_limit_stops_calls_of_its_kind_and_no_others(
    slack: FakeSlack, api: SlackApi
) -> None:
    slack.limit("chat.postMessage", 60)
    with pytest.raises(Busy) as caught:
        await post(api, slack.general)
    assert caught.value.wait_s == 60

    with pytest.raises(Busy) as again:
        await post(api, slack.general)
    await post(api, slack.dm())

    assert 30 < again.value.wait_s <= 60
    assert len(slack.calls("chat.postMessage")) == 2  # the second was not made


async def test_who_is_patient_waits_for_slack(slack: FakeSlack) -> None:
    waits: list[float] = []
    time = [1000.0]

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        time[0] += seconds

    slack.limit("users.info", 30)
    async with SlackApi(
        slack.bot_token, slack.api_base, now=lambda: time[0], sleep=sleep
    ) as api:
        answer = await api.patiently("users.info", user=ADA)

    assert answer["user"]["id"] == ADA
    assert sum(waits) >= 30


# --- files --------------------------------------------------------------------


async def test_a_file_is_shared_in_its_thread(slack: FakeSlack, api: SlackApi) -> None:
    asked = slack.say("hi")
    address = Address("slack", asked.channel, asked.ts, TEAM)

    file_id = await api.fill("answer.md", "Schöne Grüße".encode(), alt="Hi")
    assert slack.thread(asked) == [asked]
    await api.share(address, file_id, "An answer", comment="Look, <!channel>")

    (shown,) = slack.thread(asked)[1:]
    (file,) = shown.files
    assert (file.name, file.data.decode()) == ("answer.md", "Schöne Grüße")
    assert (file.title, file.alt) == ("An answer", "Hi")
    assert "Look" in shown.text
    assert slack.live_pings == []
    assert slack.refusals == []


def url_of(slack: FakeSlack, name: str, data: bytes, **traits: Any) -> str:
    file = slack.file(name, data, **traits)
    return f"{slack.api_base.removesuffix('/api/')}/files/{file.id}/{name}"


async def test_a_file_is_fetched_with_our_token(
    slack: FakeSlack, api: SlackApi, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 1000
    target = tmp_path / "file"

    size = await api.download(url_of(slack, "a.bin", data), target, limit=1 << 20)

    assert size == len(data)
    assert target.read_bytes() == data
    assert [*tmp_path.iterdir()] == [target]


async def test_the_token_does_not_follow_a_redirect_to_another_server(
    slack: FakeSlack, api: SlackApi, tmp_path: Path
) -> None:
    url = url_of(slack, "a.txt", b"hello", elsewhere=True)

    await api.download(url, tmp_path / "file", limit=100)

    assert (tmp_path / "file").read_bytes() == b"hello"
    assert slack.refusals == []


async def test_the_token_goes_to_nobody_else_in_the_first_place(
    api: SlackApi, tmp_path: Path
) -> None:
    with pytest.raises(Rejected):
        await api.download("https://slack.com.evil.example/a", tmp_path / "f", limit=9)


async def test_a_login_page_is_no_file(
    slack: FakeSlack, api: SlackApi, tmp_path: Path
) -> None:
    slack.options.scopes.discard("files:read")

    with pytest.raises(Refused, match="log in"):
        await api.download(url_of(slack, "a.txt", b"hi"), tmp_path / "f", limit=1000)

    assert [*tmp_path.iterdir()] == []


async def test_a_file_over_the_limit_leaves_nothing_behind(
    slack: FakeSlack, api: SlackApi, tmp_path: Path
) -> None:
    url = url_of(slack, "a.bin", b"x" * 5000)

    with pytest.raises(FileTooBig):
        await api.download(url, tmp_path / "file", limit=4999)

    assert [*tmp_path.iterdir()] == []


async def test_a_download_that_breaks_off_leaves_nothing_behind(
    slack: FakeSlack, api: SlackApi, tmp_path: Path
) -> None:
    slack.fail("[(]download[)]", 1, "drop_after")
    url = url_of(slack, "a.bin", b"x" * 500_000)

    with pytest.raises(Unavailable):
        await api.download(url, tmp_path / "file", limit=1 << 20)

    assert [*tmp_path.iterdir()] == []
