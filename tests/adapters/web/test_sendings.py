"""Files that agents sent: shown, told and fetched, each by its own session only."""

from pathlib import Path

from adapters.views import FileView, Said
from adapters.web.turns import turn_html
from tests.adapters.web.api import Api
from tests.adapters.web.reader import Reader, read_until, told

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def sent(
    web: Api, name: str, content: bytes, media_type: str, turn: str = "", id_: str = ""
) -> FileView:
    path = web.desk.folder / "outbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return FileView(
        id=id_ or f"f{name[0]}",
        path=str(path),
        name=name,
        media_type=media_type,
        size=len(content),
        caption="The <b>chart</b>",
        turn_id=turn,
    )


async def test_a_picture_is_looked_at_and_anything_else_is_saved(
    web: Api, session: int
) -> None:
    web.desk.show(session, sent(web, "chart.png", PNG, "image/png"))
    web.desk.show(session, sent(web, "page.html", b"<script>", "text/html"))

    picture = await web.get(f"/api/sessions/{session}/files/fc")
    page = await web.get(f"/api/sessions/{session}/files/fp")

    assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
    assert picture.headers["content-disposition"].startswith("inline")
    assert page.content == b"<script>"
    assert page.headers["content-disposition"].startswith("attachment")
    for answer in (picture, page):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]


async def test_what_is_not_there_or_of_another_session_is_not_given(
    web: Api, session: int
) -> None:
    other = web.desk.add().id
    gone = sent(web, "gone.txt", b"x", "text/plain")
    Path(gone.path).unlink()
    web.desk.show(session, gone)
    linked = sent(web, "linked.txt", b"x", "text/plain")
    Path(linked.path).unlink()
    Path(linked.path).symlink_to("/etc/passwd")
    web.desk.show(session, linked)
    web.desk.show(session, sent(web, "mine.txt", b"x", "text/plain"))

    wanted = (f"{session}/files/fg", f"{session}/files/fl", f"{other}/files/fm")
    answers = [await web.get(f"/api/sessions/{one}") for one in wanted]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_turn_lists_what_was_sent_in_it(web: Api, session: int) -> None:
    turn = await web.desk.say(session, "Draw it", key="1") or ""
    web.desk.show(session, sent(web, "chart.png", PNG, "image/png", turn))
    web.desk.finish(session, turn, "There.")

    [listed] = (await web.get(f"/api/sessions/{session}/turns")).json()["turns"]

    [file] = listed["sent"]
    assert (file["name"], file["turn"]) == ("chart.png", turn)
    assert (await web.get(file["url"])).content == PNG


async def test_a_stream_tells_of_a_file_and_the_result_lists_it(
    web: Api, session: int
) -> None:
    turn = await web.desk.say(session, "Draw it", key="1") or ""
    reader = Reader()
    async with web.stream("GET", f"/api/sessions/{session}/events") as response:
        stream = told(response)
        await read_until(stream, reader, lambda one: one.runs)
        web.desk.show(session, sent(web, "chart.png", PNG, "image/png", turn))
        await read_until(stream, reader, lambda one: one.custom)
        web.desk.finish(session, turn, "There.")
        await read_until(stream, reader, lambda one: one.runs[turn])

    [(name, value)] = reader.custom
    assert (name, value["name"]) == ("file", "chart.png")
    assert [each["id"] for each in reader.runs[turn]["result"]["sent"]] == ["fc"]


async def test_on_the_page_a_picture_has_words_for_who_does_not_see_it(
    web: Api, session: int
) -> None:
    turn = await web.desk.say(session, "Draw it", key="1") or ""
    web.desk.grow(session, turn, Said("So."))
    web.desk.show(session, sent(web, "chart.png", PNG, "image/png", turn))
    web.desk.show(session, sent(web, "page.html", b"<script>", "text/html", turn))
    entry = await web.desk.entry(session, turn)
    assert entry

    html = turn_html(session, entry, "en")

    assert f'src="/api/sessions/{session}/files/fc"' in html
    assert 'alt="The &lt;b&gt;chart&lt;/b&gt;"' in html
    assert 'aria-label="Download page.html"' in html
    assert "<b>" not in html
