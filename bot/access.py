"""Who may use the bot. Default: nobody."""

from collections.abc import Collection, Mapping


class Access:
    """People by platform and unchangeable id, never by a name they choose."""

    def __init__(
        self,
        people: Mapping[str, Collection[str]],  # platform → ids
        *,
        admins: Collection[str] = (),  # "platform:id"
    ) -> None:
        self._people = {platform: frozenset(ids) for platform, ids in people.items()}
        self._admins = frozenset(admins)

    @property
    def anybody(self) -> bool:
        return bool(self._admins or any(self._people.values()))

    def people(self, platform: str) -> frozenset[str]:
        """Everybody who may use the bot there."""
        admins = (admin.partition(":") for admin in self._admins)
        return self._people.get(platform, frozenset()).union(
            person for where, _, person in admins if where == platform
        )

    def allows(self, platform: str, sender_id: str) -> bool:
        return sender_id in self._people.get(platform, frozenset()) or self.is_admin(
            platform, sender_id
        )

    def is_admin(self, platform: str, sender_id: str) -> bool:
        return f"{platform}:{sender_id}" in self._admins
