"""Files for people: each is there once, whatever happens meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.base import AdapterError, Ambiguous, Busy, Unavailable
from adapters.inbound import Address
from adapters.outbox import Outbox
from adapters.slack.api import SlackApi
from adapters.slack.draw import CADENCE, Drawer, lane_of
from adapters.slack.errors import Refused
from adapters.slack.sharer import shared_as
from adapters.views import FileView, Notice, View
from tests.adapters.kills import Fuse, Killed, PaperScreen, kills
from tests.adapters.slack.paper import THREAD, PaperSlack, drawer, nth_call
from tests.slack_server import TEAM, FakeSlack, Message
from tests.virtual_time import in_virtual_time, ticks

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"
DOWN, LOST = Unavailable("down"), Ambiguous("no answer")
NOTICE = Notice(id="n1", text="Hello")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with capture_logs():
        yield


@pytest.fixture
def view(tmp_path: Path) -> FileView:
    path = tmp_path / "a-name-of-our-own"
    path.write_bytes(b"words")
    return FileView(
        id="f1",
        path=str(path),
        name="report.txt",
        media_type="text/plain",
        size=5,
        caption="Here <it> is",
    )


async def bring(pen: Drawer, view: View, address: Address = THREAD) -> None:
    for _ in range(200):
        try:
            if await pen.draw(address, view):
                return
        except Busy as busy:
            await asyncio.sleep(busy.wait_s)
        except (Ambiguous, Unavailable):
            await asyncio.sleep(1)
    raise AssertionError("it never ends")


def test_however_a_run_is_killed_a_file_is_there_once(view: FileView) -> None:
    @in_virtual_time
    async def live_and_die(fuse: Fuse) -> None:
        slack, screen = PaperSlack(fuse), PaperScreen(fuse)
        try:
            async with asyncio.TaskGroup() as tasks:
                await bring(drawer(slack, screen, tasks.create_task), view)
        except* Killed:
            slack.fuse = screen.fuse = Fuse()
            await bring(drawer(slack, screen), view)

        assert [text for text in slack.texts if text] == ["Here &lt;it&gt; is\nwords"]
        assert len(slack.messages) == 1
        assert screen.done[-1] == "f1"

    for fuse in kills():
        live_and_die(fuse)


@pytest.mark.parametrize(
    ("method", "when", "error"),
    [
        *product(["fill", "files.info", "files.delete"], ["before", "after"], [DOWN]),
        ("share", "before", DOWN),
        ("share", "before", LOST),
        ("share", "after", LOST),
    ],
)
@pytest.mark.parametrize("drops", [0, 1])
def test_whatever_call_fails_a_file_is_there_once(
    view: FileView, method: str, when: str, error: AdapterError, drops: int
) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(drops_shares=drops), PaperScreen()
        setattr(slack, when, nth_call(1, error, method))

        await bring(drawer(slack, screen), view)

        assert len(slack.messages) == 1
        assert screen.done == ["f1"]

    scene()


def test_what_slack_says_it_shared_and_did_not_is_sent_anew(view: FileView) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack = PaperSlack(drops_shares=1)

        await bring(drawer(slack, PaperScreen()), view)

        telling = [m for m, _ in slack.calls if m in {"share", "files.delete"}]
        assert telling == ["share", "files.delete", "share"]
        assert len(slack.messages) == 1

    scene()


@pytest.mark.parametrize("method", ["fill", "share"])
def test_a_file_that_slack_refuses_is_told_of_in_words(
    view: FileView, method: str
) -> None:
    @in_virtual_time
    async def scene() -> None:
        slack, screen = PaperSlack(), PaperScreen()
        refusal = Refused("file_uploads_disabled")
        slack.before = lambda called, _: refusal if called == method else None

        await bring(drawer(slack, screen), view)
        await bring(drawer(slack, screen), view)

        (text,) = slack.texts
        assert "report.txt" in text
        assert "Here <it> is" in text
        assert screen.done == ["f1", "f1"]

    scene()


def test_a_large_file_holds_up_nothing_in_its_thread(view: FileView) -> None:
    class Slow(PaperSlack):
        async def fill(self, name: str, content: Path | bytes, *, alt: str = "") -> str:
            await asyncio.sleep(300)
            return await super().fill(name, content, alt=alt)

    @in_virtual_time
    async def scene() -> None:
        slack = Slow()
        outbox = Outbox(lane_of=lane_of, cadence=CADENCE, now=ticks)
        running = asyncio.create_task(outbox.run(drawer(slack, PaperScreen())))

        outbox.put(THREAD, view)
        await asyncio.sleep(10)
        outbox.put(THREAD, NOTICE)
        await outbox.flush()
        running.cancel()
        await asyncio.wait([running])

        assert [m for m, _ in slack.calls] == [
            "chat.postMessage",
            "fill",
            "share",
            "files.info",
        ]
        assert slack.times[0] == 10.0
        assert 300 <= slack.times[1] < 301

    scene()


def test_where_a_file_is_shown_is_read_whatever_slack_tells() -> None:
    assert shared_as({"shares": {"public": {"C1": [{"ts": "1.2"}]}}}, "C1") == "1.2"
    assert shared_as({"shares": {"private": {"C2": [{"ts": "1.2"}]}}}, "C1") is None
    assert shared_as({"shares": {}, "ims": ["D1"]}, "D1") == "file"
    assert shared_as({"shares": [], "channels": "C1", "groups": None}, "C1") is None


# --- with a strict Slack ------------------------------------------------------


class Scene:
    def __init__(self, slack: FakeSlack, api: SlackApi) -> None:
        self.slack, self.api = slack, api
        self.asked = slack.say("go")
        self.address = Address("slack", self.asked.channel, self.asked.ts, TEAM)
        self.screen = PaperScreen()

    async def show(self, view: FileView) -> list[Message]:
        pen = Drawer(
            self.api, self.screen, await self.api.me(), spawn=asyncio.create_task
        )
        await bring(pen, view, self.address)
        return self.slack.thread(self.asked)[1:]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with (
        FakeSlack() as slack,
        SlackApi(slack.bot_token, slack.api_base) as api,
    ):
        yield Scene(slack, api)
        assert slack.refusals == []


def picture(tmp_path: Path, data: bytes = PNG, caption: str = "") -> FileView:
    path = tmp_path / "secret-name"
    path.write_bytes(data)
    return FileView(
        id="f1",
        path=str(path),
        name="plot.png",
        media_type="image/png",
        size=len(data),
        caption=caption,
    )


async def test_a_picture_is_shown_with_its_words_and_rings_nobody(
    scene: Scene, tmp_path: Path
) -> None:
    (shown,) = await scene.show(picture(tmp_path, caption="<!channel> a & b"))

    (file,) = shown.files
    assert (file.name, file.title, file.mimetype) == (
        "plot.png",
        "plot.png",
        "image/png",
    )
    assert file.alt.endswith("a & b")
    assert file.data == PNG
    assert shown.text.endswith("a & b")
    assert scene.slack.live_pings == []
    assert scene.screen.rows[scene.address, "f1"] == {file.id: shown.ts}


async def test_a_file_of_many_megabytes_arrives_whole(
    scene: Scene, tmp_path: Path
) -> None:
    data = bytes(range(256)) * (12 * 4096)

    (shown,) = await scene.show(picture(tmp_path, data))

    assert shown.files[0].data == data


async def test_a_file_that_is_scanned_for_a_while_is_waited_for(
    scene: Scene, tmp_path: Path
) -> None:
    scene.slack.options.share_after_s = 0.6

    (shown,) = await scene.show(picture(tmp_path))

    assert len(scene.slack.calls("files[.]completeUploadExternal")) == 1
    assert shown.files


@pytest.mark.parametrize("fault", ["drop_after", "5xx", "429"])
async def test_a_share_whose_answer_is_lost_is_looked_for(
    scene: Scene, tmp_path: Path, fault: str
) -> None:
    scene.slack.fail("files[.]completeUploadExternal", 1, fault)  # type: ignore[arg-type]

    (shown,) = await scene.show(picture(tmp_path))

    assert shown.files


async def test_an_empty_file_and_one_that_is_gone_are_told_of(
    scene: Scene, tmp_path: Path
) -> None:
    (told,) = await scene.show(picture(tmp_path, b""))
    assert "plot.png" in told.text

    gone = picture(tmp_path)
    Path(gone.path).unlink()
    scene.screen = PaperScreen()
    assert len(await scene.show(gone)) == 2

    assert scene.slack.calls("files[.].*") == []


async def test_a_file_that_slack_forgot_meanwhile_is_brought_again(
    scene: Scene, tmp_path: Path
) -> None:
    scene.slack.fail(
        "files[.]completeUploadExternal", 1, "error", code="file_not_found"
    )

    (shown,) = await scene.show(picture(tmp_path, caption="&" * 5_000))

    assert shown.files
    assert len(scene.slack.calls("files[.]getUploadURLExternal")) == 2
