"""What sessions did and use, over HTTP."""

from adapters.web.logs import RAW
from adapters.web.values import Log, Logged, Usage
from tests.adapters.web.api import Api


async def test_a_log_sums_up_what_a_session_did(web: Api, session: int) -> None:
    line = Logged(
        kind="tool", name="Bash", text="", ok=False, at=5.0, duration_s=1.5, turn="t1"
    )
    web.desk.logs[session] = Log(
        turns={"answered": 2},
        tools={"Bash": (3, 1)},
        errors=1,
        warnings=0,
        tokens=1200,
        cost_usd=0.25,
        duration_s=12.0,
        first_at=1.0,
        last_at=9.0,
        newest=(line,),
    )

    log = (await web.get(f"/api/sessions/{session}/log")).json()

    assert log["turns"] == {"answered": 2}
    assert log["tools"] == [{"name": "Bash", "times": 3, "failed": 1}]
    assert log["newest"][0]["turn"] == "t1"


async def test_raw_lines_are_there_once_they_are_recorded(
    web: Api, session: int
) -> None:
    url = f"/api/sessions/{session}/log/raw"
    assert (await web.get(url)).status_code == 409

    file = web.desk.raw[session] = web.desk.folder / "raw.jsonl"
    assert (await web.get(url)).text == ""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("too old\n" + "x" * (RAW - 4) + "\nnew\n")
    answer = await web.get(url)

    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text == "new\n"


async def test_processes_tell_what_each_agent_uses(web: Api, session: int) -> None:
    web.desk.using = [
        Usage(
            conversation=session,
            cpu_percent=12.5,
            cpu_s=3.0,
            memory_bytes=1 << 28,
            threads=11,
            open_files=40,
            processes=3,
            state="running",
        )
    ]

    [usage] = (await web.get("/api/processes")).json()

    assert (usage["session"], usage["processes"]) == (session, 3)


async def test_a_session_tells_what_holds_it_back(web: Api) -> None:
    card = web.desk.add(parked_until=1_800_000_000.0, also_on=("slack",), branch="b")

    told = (await web.get(f"/api/sessions/{card.id}")).json()

    assert told["parked_until"] == 1_800_000_000.0
    assert told["budgets"] == ["You have spent $0.10 today."]
    assert (told["also_on"], told["branch"]) == (["slack"], "b")
