from pathlib import Path

import pytest

from bot.snapshots import Snapshots
from bot.worktrees import Worktrees
from tests.bot.days import Days
from tests.bot.office import Office
from tests.bot.repository import environment, repository


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def worktrees(tmp_path: Path) -> Worktrees:
    environ = environment(tmp_path / "home")
    snapshots = Snapshots(tmp_path / "state" / "snapshots", environ=environ)
    return Worktrees(tmp_path / "state" / "worktrees", snapshots, environ=environ)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    return repository(tmp_path / "main", {"a": "1\n", ".gitignore": "*.log\n"})


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def snapshots(tmp_path: Path, days: Days) -> Snapshots:
    environ = environment(tmp_path / "home")
    return Snapshots(tmp_path / "state", environ=environ, clock=days)
