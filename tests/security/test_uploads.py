"""Threat 8: a file is stored as it came, whatever it would become."""

import io
import zipfile
from pathlib import Path

from tests.e2e.parley import world
from tests.e2e.test_stories import answered

UNPACKED = 200 << 20  # bytes


def bomb() -> bytes:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("../../zeros", "w") as inside,
    ):
        for _ in range(UNPACKED >> 20):
            inside.write(bytes(1 << 20))
    return packed.getvalue()


async def test_an_archive_is_one_file_and_nobody_unpacks_it(tmp_path: Path) -> None:
    data = bomb()
    assert UNPACKED / len(data) > 900
    async with world(tmp_path) as parley:
        await parley.start()
        parley.telegram.send_document("../../../bomb.zip", data, "SAY[got it]")
        await answered(parley, "got it")

        here = set(tmp_path.rglob("*"))
        [saved] = [path for path in here if path.name.endswith("bomb.zip")]
        assert saved.parent == parley.state / "conversations" / "1" / "inbox"
        assert saved.read_bytes() == data
        assert [path for path in here if "zeros" in path.name] == []
        kept = sum(path.stat().st_size for path in parley.state.rglob("*"))
        assert kept < 10 << 20
        assert not tmp_path.with_name("bomb.zip").exists()
