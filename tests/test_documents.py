"""What the documents promise about the tree is true."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PATH = re.compile(r"`((?:bot|adapters|runner|store|tests|docs)/[\w./-]+)`")


@pytest.mark.parametrize(
    "document",
    [
        *("README.md", "docs/architecture.md", "docs/using.md", "docs/operating.md"),
        "docs/security.md",
    ],
)
def test_every_file_it_names_exists(document: str) -> None:
    named = PATH.findall((ROOT / document).read_text())
    missing = [
        name
        for name in named
        if not (ROOT / name).exists() and not (ROOT / f"{name}.py").exists()
    ]

    assert not missing
    assert named or document != "docs/architecture.md"


def test_every_make_target_the_readme_names_exists() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text()))

    assert named <= set(targets)


def test_the_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    assert all(re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line) for line in lines)


def test_every_dependency_is_pinned_and_has_its_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    pinned = {
        line.partition("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }

    for wanted in project["dependencies"]:
        name = re.split(r"[><=]", wanted)[0]
        assert name.lower() in pinned
        assert re.search(rf'"{name}[^"]*",\s+# \w', text), name
