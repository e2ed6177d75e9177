"""The folder a session works in: all of it, and nothing else."""

import os
from pathlib import Path

import pytest

from adapters.web.values import Settings
from tests.adapters.web.api import Api


@pytest.fixture
async def root(web: Api, session: int) -> Path:
    (web.desk.folder / "secret.txt").write_text("secret")
    root = await web.desk.storage(session)
    (root / "notes").mkdir()
    (root / "notes" / "plan.md").write_text("# Plan")
    (root / "page.html").write_text("<script>alert(1)</script>")
    return root


async def test_files_and_folders_are_listed_by_name(
    web: Api, session: int, root: Path
) -> None:
    url = f"/api/sessions/{session}/storage"

    top = (await web.get(url)).json()
    notes = (await web.get(url, params={"folder": "notes"})).json()

    assert top["complete"]
    assert [(one["path"], one["kind"]) for one in top["files"]] == [
        ("notes", "folder"),
        ("page.html", "file"),
    ]
    assert [(one["path"], one["size"]) for one in notes["files"]] == [
        ("notes/plan.md", 6)
    ]


async def test_a_folder_with_very_much_in_it_says_so(
    web: Api, session: int, root: Path
) -> None:
    for number in range(1100):
        (root / f"f{number}").touch()

    listed = (await web.get(f"/api/sessions/{session}/storage")).json()

    assert len(listed["files"]) == 1000
    assert not listed["complete"]


async def test_a_file_is_fetched_as_an_attachment_that_runs_nowhere(
    web: Api, session: int, root: Path
) -> None:
    page = await web.get(f"/api/sessions/{session}/storage/page.html")

    assert page.text == "<script>alert(1)</script>"
    assert page.headers["content-disposition"].startswith("attachment;")
    assert page.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"


async def test_a_large_file_comes_whole(web: Api, session: int, root: Path) -> None:
    content = os.urandom(3_000_000)
    (root / "notes" / "large.bin").write_bytes(content)

    large = await web.get(f"/api/sessions/{session}/storage/notes/large.bin")

    assert large.content == content


async def test_any_name_is_a_name_and_no_header(
    web: Api, session: int, root: Path
) -> None:
    name = 'a"b; filename=c\tX-Evil: 1;한.txt'
    (root / name).write_text("hi")
    listed = (await web.get(f"/api/sessions/{session}/storage")).json()["files"]

    path = next(one["path"] for one in listed if one["path"] == name)
    fetched = await web.get(f"/api/sessions/{session}/storage/{_quoted(path)}")

    assert fetched.text == "hi"
    assert "x-evil" not in fetched.headers


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "%2e%2e%2f%2e%2e%2fsecret.txt",
        "notes/../../secret.txt",
        "notes/%2e%2e/page.html",
        "%2fetc/passwd",
        "/etc/passwd",
        "..%5csecret.txt",
        "notes%00.md",
        "link",
        "linked/secret.txt",
        "hard",
        "pipe",
        "notes",
        "missing",
        "%20",
        "%2e",
        "page.html/more",
        "loop",
        "a" * 300,
        "",
    ],
)
async def test_nothing_outside_and_nothing_but_files_is_given_out(
    web: Api, session: int, root: Path, path: str
) -> None:
    (root / "link").symlink_to(web.desk.folder / "secret.txt")
    (root / "linked").symlink_to(web.desk.folder)
    (root / "hard").hardlink_to(web.desk.folder / "secret.txt")
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")

    answer = await web.get(f"/api/sessions/{session}/storage/{path}")

    assert answer.status_code == 404


@pytest.mark.parametrize("folder", ["..", "/", "/etc", "linked", "page.html", "\0"])
async def test_only_folders_inside_are_looked_into(
    web: Api, session: int, root: Path, folder: str
) -> None:
    (root / "linked").symlink_to(web.desk.folder)

    url = f"/api/sessions/{session}/storage"
    answer = await web.get(url, params={"folder": folder})

    assert answer.status_code == 404


async def test_a_link_that_stays_inside_is_a_file_like_others(
    web: Api, session: int, root: Path
) -> None:
    (root / "latest.md").symlink_to(root / "notes" / "plan.md")

    latest = await web.get(f"/api/sessions/{session}/storage/latest.md")

    assert latest.text == "# Plan"


async def test_a_session_in_a_project_gives_nothing_out(web: Api) -> None:
    session = web.desk.add(settings=Settings(project="site")).id

    listed = await web.get(f"/api/sessions/{session}/storage")
    fetched = await web.get(f"/api/sessions/{session}/storage/README.md")

    assert (listed.status_code, fetched.status_code) == (409, 409)


def _quoted(path: str) -> str:
    return "".join(f"%{byte:02x}" for byte in path.encode())
