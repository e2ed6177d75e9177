"""Files that come with a message."""

from pathlib import Path

import httpx
import pytest

from tests.adapters.web.api import Api

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
MB = 1 << 20


async def upload(
    web: Api,
    session: int,
    *files: tuple[str, bytes, str],
    key: str = "",
) -> httpx.Response:
    return await web.post(
        f"/api/sessions/{session}/files",
        files=[("files", file) for file in files],
        headers={"Idempotency-Key": key} if key else {},
    )


async def test_files_are_saved_and_come_with_the_message(
    web: Api, session: int
) -> None:
    saved = await upload(
        web, session, ("photo.png", PNG, "image/png"), ("a.txt", b"hi", "text/plain")
    )
    ids = [file["id"] for file in saved.json()]
    body = {"text": "Look", "files": ids}
    sent = await web.post_json(f"sessions/{session}/messages", body)

    assert saved.status_code == 201
    assert sent.status_code == 202
    photo, text = web.desk.heard[0].files
    assert (photo.name, photo.media_type, photo.size) == (
        "photo.png",
        "image/png",
        len(PNG),
    )
    assert Path(photo.path).read_bytes() == PNG
    assert (text.name, text.media_type) == ("a.txt", "text/plain")


async def test_a_message_may_be_nothing_but_a_file(web: Api, session: int) -> None:
    saved = (await upload(web, session, ("a.txt", b"hi", "text/plain"))).json()

    body = {"files": [saved[0]["id"]]}
    sent = await web.post_json(f"sessions/{session}/messages", body)

    assert sent.status_code == 202


async def test_an_upload_is_known_to_its_own_session_only(
    web: Api, session: int
) -> None:
    other = web.desk.add().id
    saved = (await upload(web, session, ("a.txt", b"hi", "text/plain"))).json()

    body = {"text": "Look", "files": [saved[0]["id"]]}
    refused = await web.post_json(f"sessions/{other}/messages", body)

    assert refused.status_code == 422
    assert not web.desk.heard


@pytest.mark.parametrize("id_", ["", "..", "0" * 32, "*" * 32, "../" * 10 + "ab"])
async def test_an_id_that_is_no_upload_is_refused(
    web: Api, session: int, id_: str
) -> None:
    await upload(web, session, ("a.txt", b"hi", "text/plain"))

    body = {"text": "Look", "files": [id_]}
    refused = await web.post_json(f"sessions/{session}/messages", body)

    assert refused.status_code == 422


async def test_an_upload_sent_again_with_its_key_is_one_file(
    web: Api, session: int
) -> None:
    file = ("a.txt", b"hi", "text/plain")

    first = await upload(web, session, file, key="k")
    again = await upload(web, session, file, key="k")

    assert first.json() == again.json()
    assert len(list((web.desk.folder / "inbox" / str(session)).iterdir())) == 1


async def test_a_file_over_the_limit_is_too_big_and_leaves_nothing(
    web: Api, session: int
) -> None:
    at_most = await upload(web, session, ("a.bin", bytes(20 * MB), "x/y"))
    too_big = await upload(web, session, ("b.bin", bytes(20 * MB + 1), "x/y"))

    assert at_most.status_code == 201
    assert too_big.status_code == 413
    assert "20 MB" in too_big.json()["detail"]
    assert len(list((web.desk.folder / "inbox" / str(session)).iterdir())) == 1


async def test_a_full_folder_takes_no_more(web: Api, session: int) -> None:
    folder = await web.desk.inbox(session)
    with (folder / "big").open("wb") as big:
        big.truncate(200 * MB)  # takes no room on the disk

    refused = await upload(web, session, ("a.txt", b"hi", "text/plain"))

    assert refused.status_code == 409
    assert "Make room" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("con.txt", "_con.txt"),
        ("x" * 300 + ".txt", "x" * 76 + ".txt"),
        ("한국어 파일.md", "한국어 파일.md"),
    ],
)
async def test_a_name_is_made_safe(
    web: Api, session: int, name: str, saved_as: str
) -> None:
    saved = (await upload(web, session, (name, b"hi", "text/plain"))).json()

    assert saved[0]["name"] == saved_as
    files = list((web.desk.folder / "inbox" / str(session)).iterdir())
    assert [file.name for file in files] == [f"{saved[0]['id']}-{saved_as}"]


async def test_an_impostor_is_no_image(web: Api, session: int) -> None:
    saved = (await upload(web, session, ("evil.png", b"<script>", "image/png"))).json()

    assert saved[0]["media_type"] == "application/octet-stream"


async def test_an_unknown_session_takes_no_files(web: Api) -> None:
    refused = await upload(web, 999, ("a.txt", b"hi", "text/plain"))

    assert refused.status_code == 404


async def test_a_form_without_files_is_not_as_described(web: Api, session: int) -> None:
    refused = await web.post(f"/api/sessions/{session}/files", files={"x": b"y"})

    assert refused.status_code == 422
