"""Who may use the bot, and who decides what its agents may do. Default: nobody."""

from collections.abc import Collection, Iterator, Mapping
from typing import Literal, TypeAlias

#: Who decides what an agent may do, besides the admins.
Decider: TypeAlias = Literal["asker", "approvers", "admins"]


class Access:
    """People by platform and unchangeable id, never by a name they choose.

    A person is "platform:id"; ids that are linked are one person.
    """

    def __init__(
        self,
        people: Mapping[str, Collection[str]],  # platform → ids
        *,
        admins: Collection[str] = (),
        approvers: Collection[str] = (),
        decide: Decider = "asker",
    ) -> None:
        self._people = {platform: frozenset(ids) for platform, ids in people.items()}
        self._admins = tuple(admins)
        self._approvers = tuple(approvers)
        self.decide: Decider = decide
        self._keys: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def identify(self, keys: Mapping[str, str]) -> None:
        """From now on those of the same key are one person, and no others."""
        self._keys = dict(keys)

    def met(self, person: str, name: str) -> None:
        """So that others may be told to ask them, by name."""
        self._names[person] = name

    # --- who may use it -------------------------------------------------------

    @property
    def anybody(self) -> bool:
        return bool(self._named or any(self._people.values()))

    def people(self, platform: str) -> frozenset[str]:
        """Everybody who may use the bot there."""
        named = _ids(self._named, platform)
        return self._people.get(platform, frozenset()).union(named)

    def allows(self, platform: str, sender_id: str) -> bool:
        return sender_id in self.people(platform)

    # --- who may decide -------------------------------------------------------

    def is_admin(self, platform: str, sender_id: str) -> bool:
        return self._among(self._admins, f"{platform}:{sender_id}")

    def same(self, one: str, other: str) -> bool:
        """Whether they are one person: linked, or each alone on their platform."""
        alone = self._alone(one) and self._alone(other)
        return alone or self._key(one) == self._key(other)

    def admins(self, platform: str) -> Iterator[str]:
        """Their ids there."""
        for admin in self._admins:
            where, _, person = admin.partition(":")
            if where == platform:
                yield person

    def may_decide(
        self, person: str, asked: str, *, decider: Decider | None = None
    ) -> bool:
        """Whether *person* may decide what *asked* ("": nobody) is asked.

        *decider* None: as configured. Admins always may.
        """
        if self._among(self._admins, person):
            return True
        match decider or self.decide:
            case "asker":
                return not asked or self.same(person, asked)
            case "approvers":
                return self._among(self._approvers, person)
            case "admins":
                return False

    def deciders(self, decider: Decider) -> str:
        """The approvers, or the admins, by name as far as they are known."""
        people = {self._key(one): one for one in reversed(self._those(decider))}
        return ", ".join(self._name(one) for one in reversed(people.values()))

    def sole_decider(self, decider: Decider, platform: str) -> str:
        """The id of the only approver, or admin, there is on a platform, or ""."""
        ids = _ids(self._those(decider), platform)
        return ids[0] if len(ids) == 1 else ""

    @property
    def _named(self) -> tuple[str, ...]:
        return (*self._admins, *self._approvers)

    def _those(self, decider: Decider) -> tuple[str, ...]:
        approvers = self._approvers if decider == "approvers" else ()
        return approvers or self._admins

    def _among(self, people: Collection[str], person: str) -> bool:
        return self._key(person) in map(self._key, people)

    def _key(self, person: str) -> str:
        return self._keys.get(person, person)

    def _alone(self, person: str) -> bool:
        platform, _, id_ = person.partition(":")
        return self.people(platform) == {id_}

    def _name(self, person: str) -> str:
        """By what they are called on any platform; else the id."""
        key = self._key(person)
        linked = (name for one, name in self._names.items() if self._key(one) == key)
        return self._names.get(person) or next(linked, person)


def _ids(people: Collection[str], platform: str) -> list[str]:
    parts = (person.partition(":") for person in people)
    return [id_ for where, _, id_ in parts if where == platform]
