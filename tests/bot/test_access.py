"""Who may use the bot, and who decides."""

import pytest

from bot.access import Access, Decider

PEOPLE = {"telegram": ["1", "2"], "slack": ["U1", "U2"], "web": ["owner"]}


def access(decide: Decider = "asker", **more: list[str]) -> Access:
    return Access(PEOPLE, decide=decide, **more)


def test_nobody_may_use_it_by_default() -> None:
    nobody = Access({"telegram": []})

    assert not nobody.anybody
    assert not nobody.allows("telegram", "1")


def test_admins_and_approvers_may_use_it() -> None:
    some = Access({}, admins=["slack:U9"], approvers=["telegram:7"])

    assert some.anybody
    assert some.allows("slack", "U9")
    assert some.allows("telegram", "7")
    assert some.people("telegram") == {"7"}
    assert not some.allows("telegram", "U9")


@pytest.mark.parametrize(
    ("decide", "may"),
    [
        ("asker", {"telegram:1", "telegram:9"}),
        ("approvers", {"telegram:2", "telegram:9"}),
        ("admins", {"telegram:9"}),
    ],
)
def test_who_decides_is_configured_and_admins_always_may(
    decide: Decider, may: set[str]
) -> None:
    who = access(decide, admins=["telegram:9"], approvers=["telegram:2"])

    people = ("telegram:1", "telegram:2", "telegram:9", "slack:U1")
    assert {one for one in people if who.may_decide(one, "telegram:1")} == may


def test_what_nobody_asked_for_anybody_decides_where_askers_do() -> None:
    assert access().may_decide("telegram:2", "")
    assert not access("approvers").may_decide("telegram:2", "")


def test_linked_people_are_one_person() -> None:
    who = access("approvers", admins=["slack:U1"], approvers=["slack:U2"])
    who.identify({"telegram:1": "k", "slack:U1": "k", "slack:U2": "telegram:2"})

    assert who.same("telegram:1", "slack:U1")
    assert who.is_admin("telegram", "1")
    assert not who.is_admin("telegram", "2")
    assert who.may_decide("telegram:2", "slack:U9")
    who.identify({})
    assert not who.same("telegram:1", "slack:U1")
    assert not who.is_admin("telegram", "1")


def test_whoever_is_alone_on_two_platforms_is_one_person() -> None:
    alone = Access({"telegram": ["1"], "web": ["owner"], "slack": ["U1", "U2"]})

    assert alone.same("telegram:1", "web:owner")
    assert not alone.same("slack:U1", "web:owner")
    assert not alone.same("telegram:5", "web:owner")
    assert not alone.is_admin("telegram", "1")


def test_deciders_are_named_once_as_far_as_they_are_known() -> None:
    who = access("approvers", admins=["slack:U9"], approvers=["telegram:1", "slack:U1"])
    who.identify({"telegram:1": "k", "slack:U1": "k"})
    assert who.deciders("approvers") == "telegram:1"

    who.met("slack:U1", "Ada")

    assert who.deciders("approvers") == "Ada"
    assert who.deciders("admins") == "slack:U9"
    assert access("approvers", admins=["slack:U9"]).deciders("approvers") == "slack:U9"


def test_the_only_one_who_may_decide_somewhere_can_be_called() -> None:
    who = access("approvers", approvers=["telegram:1", "slack:U1", "slack:U2"])

    assert who.sole_decider("approvers", "telegram") == "1"
    assert who.sole_decider("approvers", "slack") == ""
    assert who.sole_decider("approvers", "web") == ""
