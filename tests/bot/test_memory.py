from pathlib import Path

import psutil

from bot.memory import FLOOR, floor, free_memory

MB = 1024 * 1024


def test_a_small_machine_keeps_less_free_than_a_large_one() -> None:
    assert 0 < floor() <= FLOOR


def test_a_container_has_what_its_limit_leaves(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(f"{100 * MB}\n")
    (tmp_path / "memory.current").write_text(f"{70 * MB}\n")
    (tmp_path / "memory.stat").write_text(f"anon 1\ninactive_file {20 * MB}\n")

    assert free_memory(tmp_path) == 50 * MB


def test_without_a_limit_it_is_the_machines(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("max\n")

    total = psutil.virtual_memory().total
    assert 0 < free_memory(tmp_path) < total
    assert 0 < free_memory(tmp_path / "none") < total
