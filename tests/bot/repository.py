"""Real repositories, made with the real git."""

import os
import subprocess
from pathlib import Path

_NAMED = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")


def environment(home: Path) -> dict[str, str]:
    """One in which git knows nothing of whoever runs the tests."""
    home.mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *_NAMED, *arguments],
        cwd=folder,
        env=environment(folder.parent / "home"),
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def commit(folder: Path, files: dict[str, str], message: str = "More") -> str:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """On branch main, with one commit of *files*; none: with no commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    if files is not None:
        commit(folder, files, "First")
    return folder


def looks(folder: Path) -> tuple[str, str, str]:
    """All that tells whether a repository is as it was."""
    return (
        git(folder, "branch", "--format=%(refname)"),
        git(folder, "status", "--porcelain", "--branch"),
        git(folder, "rev-parse", "HEAD"),
    )


def plain(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    write(folder, files)
    return folder
