"""Folders that only their owner may look into, whatever the umask."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make it, and those above it that are missing; one that exists stays as it is."""
    for each in reversed((folder, *folder.parents)):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)
