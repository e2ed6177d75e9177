"""Threat 17: nobody but our user may open what Parley keeps, whatever the umask."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import config
from bot.errors import ConfigError
from tests.e2e.parley import Parley, free_port, world
from tests.e2e.test_stories import settled

OTHERS = stat.S_IRWXG | stat.S_IRWXO
#: Not ours to decide: what agents and git write. The folder itself is closed.
CLOSED = ("workspace", "worktrees", "snapshots", "storage")
SECRET = '[telegram]\ntoken = "123:abc"\n'


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def test_what_is_kept_is_closed_to_others_whatever_the_umask(
    tmp_path: Path, no_umask: None
) -> None:
    async with world(tmp_path) as parley:
        await live(parley)
        paths = sorted(kept(parley.state))
        open_ = {
            str(path.relative_to(tmp_path)): oct(path.lstat().st_mode)
            for path in paths
            if path.lstat().st_mode & OTHERS
        }

    names = {str(path.relative_to(tmp_path)) for path in paths}
    assert {"state/parley.db", "state/parley.db-wal", "state/parley.db-shm"} <= names
    assert {"state/web.token", "state/web.secret", "state/agents.lock"} <= names
    assert {"state/snapshots", "state/conversations/1/raw.jsonl"} <= names
    assert any(name.startswith("state/conversations/1/inbox/") for name in names)
    assert any(name.startswith("state/conversations/1/outbox/") for name in names)
    assert any(name.startswith("state/agents/") for name in names)
    assert open_ == {}


async def live(parley: Parley) -> None:
    """Everything that leaves a file: the page, raw lines, files both ways, a turn."""
    telegram = parley.telegram
    allowed = {"permissions": {"allow": ["Bash", "Write"]}}
    settings = parley.home / ".claude/settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(allowed))
    parley.extra["PARLEY_WEB__LISTEN"] = f"127.0.0.1:{free_port()}"
    await parley.start()
    telegram.say("/debug on")
    await telegram.until(lambda chat: any("raw.jsonl" in m.text for m in chat))
    send = 'TOOL[mcp__parley__send_file|{"path": "out.txt"}]TOOL'
    telegram.send_document("notes.txt", b"hello", "RUN[echo hi > out.txt]RUN")
    await telegram.until(lambda chat: settled(chat, "Tool said"), timeout_s=40)
    telegram.say(send)
    await telegram.until(lambda chat: settled(chat, "on its way"), timeout_s=40)


def kept(folder: Path) -> Iterator[Path]:
    yield folder
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in CLOSED:
            yield from kept(path)
        else:
            yield path


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_secrets_that_others_may_read_are_refused_with_what_to_do(
    tmp_path: Path, mode: int
) -> None:
    file = written(tmp_path, SECRET, mode)

    with pytest.raises(ConfigError) as caught:
        config.load(file)

    assert caught.value.lines == [
        f"{file}: others may read it, and secrets are in it: chmod go= {file}"
    ]


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_configuration_that_others_may_write_is_refused(
    tmp_path: Path, mode: int
) -> None:
    file = written(tmp_path, "[agent]\nidle_s = 60\n", mode)

    with pytest.raises(ConfigError, match="others may write it"):
        config.load(file)


@pytest.mark.parametrize(
    ("text", "mode"),
    [(SECRET, 0o600), (SECRET, 0o400), ("[agent]\nidle_s = 60\n", 0o644)],
)
def test_a_configuration_that_gives_nothing_away_is_read(
    tmp_path: Path, text: str, mode: int
) -> None:
    config.load(written(tmp_path, text, mode))


@pytest.mark.parametrize(
    "secret",
    [
        '[agents.claude.env]\nANTHROPIC_API_KEY = "sk"\n',
        '[slack]\nsigning_secret = "x"\n',
        '[voice]\napi_key = "x"\n',
        '[web]\ntoken = "a long random word"\n',
    ],
)
def test_every_kind_of_secret_is_one(tmp_path: Path, secret: str) -> None:
    with pytest.raises(ConfigError, match="secrets are in it"):
        config.load(written(tmp_path, secret, 0o644))


def written(folder: Path, text: str, mode: int) -> Path:
    file = folder / "config.toml"
    file.write_text(text)
    file.chmod(mode)
    return file
