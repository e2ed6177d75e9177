"""One process has the store, and nobody else may read it."""

import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.errors import Damaged, StoreInUse, Unwritable
from store.store import Store

ROOT = Path(__file__).parents[2]


@contextmanager
def child(what: str, path: Path) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.child", what, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def says(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o377])
async def test_nobody_else_may_read_the_files(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        async with Store.open(path) as store:
            await store.keep("telegram", [("1", "{}")])

            modes = {file.name: mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert mode(path.parent) == 0o700
    assert modes == dict.fromkeys(
        ["parley.db", "parley.db-wal", "parley.db-shm", "parley.db.lock"], 0o600
    )


async def test_a_folder_that_was_there_keeps_its_mode(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o755)

    async with Store.open(path):
        pass

    assert mode(path.parent) == 0o755


async def test_a_readable_database_becomes_private(path: Path) -> None:
    async with Store.open(path):
        pass
    path.chmod(0o644)

    async with Store.open(path):
        pass

    assert mode(path) == 0o600


async def test_a_second_process_is_told_which_has_the_store(path: Path) -> None:
    with child("hold", path) as process:
        assert says(process) == "ready"

        with pytest.raises(StoreInUse, match=rf"process {process.pid}\b"):
            async with Store.open(path):
                pass


async def test_a_second_store_in_one_process_is_refused_too(path: Path) -> None:
    async with Store.open(path):
        with pytest.raises(StoreInUse, match=rf"process {os.getpid()}\b"):
            async with Store.open(path):
                pass


async def test_what_a_kill_cut_in_two_did_not_happen(path: Path) -> None:
    with child("tear", path) as process:
        assert says(process) == "ready"
        process.kill()

    async with Store.open(path) as store:
        assert [kept.event_id for kept in await store.pending("telegram")] == ["whole"]
        assert [k.event_id for k in await store.keep("telegram", [("half", "{}")])] == [
            "half"
        ]
        assert (await store.check())["integrity"] == "ok"


def test_a_failing_program_ends_although_it_had_the_store_open(path: Path) -> None:
    with child("fail", path) as process:
        assert process.wait(timeout=30) == 3


async def test_closing_stops_the_thread(path: Path) -> None:
    before = set(threading.enumerate())

    async with Store.open(path):
        assert set(threading.enumerate()) > before

    deadline = 10.0
    for thread in set(threading.enumerate()) - before:
        thread.join(deadline)
    assert set(threading.enumerate()) <= before


async def test_a_file_that_is_no_database_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)
    threads = set(threading.enumerate())

    with pytest.raises(Damaged, match="move it away"):
        async with Store.open(path):
            pass

    assert path.read_text() == "Dear diary, " * 1000
    for thread in set(threading.enumerate()) - threads:
        thread.join(10)
    assert set(threading.enumerate()) <= threads


async def test_a_path_that_cannot_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable, match=re.escape("choose another [store] path")):
        async with Store.open(tmp_path / "file" / "parley.db"):
            pass

    (tmp_path / "folder").mkdir()
    with pytest.raises(Unwritable, match="Is a directory"):
        async with Store.open(tmp_path / "folder"):
            pass


def test_an_unwritable_folder_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with child("humble", tmp_path / "parley.db") as process:
        answer = says(process)

    assert answer.startswith("Unwritable")
    assert "Permission denied" in answer
    assert "correct who may write there" in answer
