import os
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from adapters.language import say
from bot.outgoing import FileToSend, Refusal, keep, send, view_id_of
from bot.taking import MAX_SIZE, Allowed

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


class Agent:
    """Calls the tool, from a workspace beside Parley's own files."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.workspace = folder / "work"
        self.turn_files = self.state / "conversations" / "7"
        self.kept = self.state / "sent"
        for path in (self.workspace, self.turn_files):
            path.mkdir(parents=True)
        (self.state / "parley.db").write_text("secrets")
        self._calls = 0

    async def sends(
        self, path: object, call_id: str = "", **further: Any
    ) -> FileToSend | Refusal:
        self._calls += 1
        allowed = Allowed(
            workspace=self.workspace, folders=[self.turn_files], private=self.state
        )
        return await send(
            {"path": path, **further},
            view_id=view_id_of("t1", call_id or f"call {self._calls}"),
            allowed=allowed,
            keep_in=self.kept,
        )

    async def is_refused(self, path: object) -> str:
        refusal = await self.sends(path)
        assert isinstance(refusal, Refusal)
        assert say("ko", refusal.phrase.key, **refusal.phrase.values) != refusal.text
        return refusal.phrase.key

    async def succeeds(self, path: object, **further: Any) -> FileToSend:
        file = await self.sends(path, **further)
        assert isinstance(file, FileToSend), file
        return file


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path)


async def test_a_picture_is_copied_and_known_as_one(agent: Agent) -> None:
    (agent.workspace / "chart").write_bytes(PNG)

    file = await agent.succeeds("chart", caption=" Sales ")
    (agent.workspace / "chart").write_bytes(b"changed since")

    assert file.picture
    assert (file.name, file.media_type, file.size) == ("chart", "image/png", len(PNG))
    assert file.caption == "Sales"
    assert file.path.read_bytes() == PNG
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert file.path.is_relative_to(agent.kept)


async def test_its_view_has_an_id_that_screens_know_files_by(agent: Agent) -> None:
    (agent.workspace / "a.csv").write_text("1,2")

    file = await agent.succeeds("a.csv")

    assert file.media_type == "text/csv"
    assert file.view_id.startswith("f")
    assert len(file.view_id) <= 20


async def test_what_only_claims_to_be_a_picture_is_none(agent: Agent) -> None:
    (agent.workspace / "a.png").write_text("<html>")

    assert not (await agent.succeeds("a.png")).picture


@pytest.mark.parametrize(
    "path", ["sub/a.txt", "./sub/../sub/a.txt", "link", "in/a.txt"]
)
async def test_a_path_may_be_written_in_many_ways(agent: Agent, path: str) -> None:
    (agent.workspace / "sub").mkdir()
    (agent.workspace / "sub" / "a.txt").write_text("words")
    (agent.workspace / "link").symlink_to("sub/a.txt")
    (agent.workspace / "in").symlink_to("sub")

    relative = await agent.succeeds(path)
    absolute = await agent.succeeds(str(agent.workspace / path))

    assert relative.path.read_text() == absolute.path.read_text() == "words"


async def test_what_came_with_the_turn_may_go_back(agent: Agent) -> None:
    (agent.turn_files / "photo.txt").write_text("x")

    await agent.succeeds(str(agent.turn_files / "photo.txt"))


async def test_the_same_call_again_sends_what_it_sent(agent: Agent) -> None:
    (agent.workspace / "a").write_text("first")
    first = await agent.sends("a", "call x")
    (agent.workspace / "a").write_text("second")

    assert await agent.sends("a", "call x") == first
    assert isinstance(first, FileToSend)
    assert first.path.read_text() == "first"


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../outside", "~/.bashrc", "out", "folder/passwd"]
)
async def test_nothing_outside_is_sent(agent: Agent, path: str) -> None:
    (agent.workspace.parent / "outside").write_text("x")
    (agent.workspace / "out").symlink_to("/etc/passwd")
    (agent.workspace / "folder").symlink_to("/etc")
    if path.startswith("~") and not Path(path).expanduser().exists():
        path = "/etc/hosts"

    assert await agent.is_refused(path) == "work-file-outside"
    assert not agent.kept.exists()


async def test_parleys_own_files_are_not_sent(agent: Agent) -> None:
    agent.workspace = agent.state.parent  # as if the whole home were the workspace
    (agent.state / "worktrees").mkdir()

    assert await agent.is_refused("state/parley.db") == "work-file-private"
    (agent.state.parent / "mine").write_text("x")
    await agent.succeeds("mine")


async def test_a_workspace_among_parleys_own_files_is_one(agent: Agent) -> None:
    agent.workspace = agent.state / "workspace"
    agent.workspace.mkdir()
    (agent.workspace / "a").write_text("x")

    await agent.succeeds("a")
    assert await agent.is_refused("../parley.db") == "work-file-outside"


async def test_what_is_no_ordinary_file_is_refused(agent: Agent) -> None:
    os.mkfifo(agent.workspace / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(agent.workspace)  # the names of sockets are short
        server.bind("socket")
        os.chdir(here)
    (agent.workspace / "loop").symlink_to("loop")

    assert await agent.is_refused("pipe") == "work-file-not-regular"
    assert await agent.is_refused("socket") == "work-file-not-regular"
    assert await agent.is_refused("loop") == "work-file-missing"
    assert await agent.is_refused(".") == "work-file-folder"
    assert await agent.is_refused("/proc/self/environ") == "work-file-outside"


async def test_special_files_are_refused_even_where_all_is_workspace(
    agent: Agent,
) -> None:
    agent.workspace = Path("/")

    assert await agent.is_refused("/proc/self/environ") == "work-file-outside"
    assert await agent.is_refused("/dev/null") == "work-file-outside"


@pytest.mark.parametrize("path", ["", "  ", None, 7, ["a"]])
async def test_a_call_without_a_path_is_told(agent: Agent, path: object) -> None:
    assert await agent.is_refused(path) == "work-file-no-path"


@pytest.mark.parametrize("path", ["nothing", "a\0b", "x" * 5_000, "~nobody-here/a"])
async def test_a_file_that_is_not_there_is_told(agent: Agent, path: str) -> None:
    assert await agent.is_refused(path) == "work-file-missing"


async def test_sizes_are_said_in_words(agent: Agent) -> None:
    (agent.workspace / "empty").touch()
    with (agent.workspace / "huge").open("wb") as file:
        file.truncate(MAX_SIZE + 1)

    assert await agent.is_refused("empty") == "work-file-empty"
    refusal = await agent.sends("huge")

    assert isinstance(refusal, Refusal)
    assert refusal.text == (
        "huge was not sent: it is 51 MB, and at most 50 MB can be sent."
    )


async def test_a_name_is_made_safe(agent: Agent) -> None:
    (agent.workspace / "a\u202egnp.exe\n").write_text("x")

    assert (await agent.succeeds("a\u202egnp.exe\n")).name == "agnp.exe"


async def test_a_link_put_in_the_way_meanwhile_leads_nowhere(agent: Agent) -> None:
    secret = agent.state.parent / "secret"
    secret.mkdir()
    (secret / "a").write_text("secret")
    (agent.workspace / "real").mkdir()
    (agent.workspace / "real" / "a").write_text("fine")
    swapped = agent.workspace / "sub"
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            for target in ("real", str(secret)):
                new = agent.workspace / "new"
                new.symlink_to(target)
                new.rename(swapped)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        sent = [await agent.sends("sub/a") for _ in range(200)]
    finally:
        stop.set()
        thread.join()

    texts = {one.path.read_text() for one in sent if isinstance(one, FileToSend)}
    assert texts <= {"fine"}


async def test_a_text_of_parleys_own_becomes_a_file(tmp_path: Path) -> None:
    file = await keep(
        "+ä\n", name="changes.diff", view_id="f1", keep_in=tmp_path, caption="All"
    )
    again = await keep("+ä\n", name="changes.diff", view_id="f1", keep_in=tmp_path)

    assert file.path.read_text("utf-8") == "+ä\n"
    assert file.size == 4
    assert file.path == again.path
