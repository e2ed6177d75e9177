"""No space is left: nothing is lost, it is told, and all goes on without a restart."""

from tests.e2e.machine.clinic import Clinic
from tests.e2e.machine.disk import small_disk
from tests.e2e.parley import eventually

WAITS = "Parley cannot write to its disk."
WELL = "It can again, and everything goes on."


async def test_a_message_that_cannot_be_kept_waits_at_the_platform_until_there_is_room(
    clinic: Clinic,
) -> None:
    with small_disk(clinic) as disk:
        await clinic.start()
        disk.mounted()
        clinic.telegram.say("SAY[first]")
        await clinic.answered("first")
        token, pid = disk.read("web.token").strip(), clinic.pid

        disk.fill()
        clinic.telegram.say("SAY[second]")

        await clinic.shows(WAITS)
        assert clinic.telegram.pending == 1
        status, parts = await clinic.readiness(token)
        assert (status, parts["store"]["ok"], parts["disk"]["ok"]) == (
            503,
            False,
            False,
        )
        assert "no space is left" in parts["store"]["detail"]
        assert "free some" in parts["disk"]["detail"]
        assert await clinic.metric("parley_store_unwritable", token) == 1
        assert "no space is left" in str(await clinic.logs("store.unwritable"))

        disk.empty()

        await clinic.answered("second")
        await clinic.shows(WELL)
        assert not clinic.said(WAITS)  # the same message, edited
        assert len(clinic.said(WELL)) == 1
        await eventually(lambda: not clinic.telegram.pending)
        assert (await clinic.readiness(token))[0] == 200
        assert clinic.pid == pid


async def test_a_turn_that_ends_on_a_full_disk_ends_once_there_is_room(
    clinic: Clinic,
) -> None:
    with small_disk(clinic) as disk:
        await clinic.start()
        disk.mounted()
        clinic.telegram.say("HOLD[gate] SAY[the answer]")
        await clinic.shows("⏳")
        await eventually(lambda: clinic.api.requests)

        disk.fill()
        clinic.api.release("gate")
        await clinic.shows(WAITS)
        disk.empty()

        await clinic.answered("the answer")
        await clinic.shows(WELL)
        assert len(clinic.api.requests) == 1


async def test_a_disk_that_is_full_at_the_very_start_is_named(clinic: Clinic) -> None:
    with small_disk(clinic) as disk:
        await clinic.start()
        disk.mounted(full=True)

        await eventually(lambda: "no space is left" in clinic.log.read_text())
        assert "free some" in clinic.log.read_text()
