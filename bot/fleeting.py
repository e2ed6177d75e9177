"""Which messages show what is not worth a disk: known until Parley ends."""

from collections import defaultdict

from store.records import AddressRecord, PostRecord


class Fleeting:
    """As `store.posts.Posts`, in memory."""

    def __init__(self) -> None:
        self._refs: defaultdict[tuple[AddressRecord, str], dict[str, str | None]] = (
            defaultdict(dict)
        )

    async def posts(self, address: AddressRecord, view_id: str) -> list[PostRecord]:
        refs = self._refs[address, view_id]
        return [PostRecord(part=part, ref=ref) for part, ref in refs.items()]

    async def posting(self, address: AddressRecord, view_id: str, part: str) -> None:
        self._refs[address, view_id][part] = None

    async def posted(
        self, address: AddressRecord, view_id: str, part: str, ref: str
    ) -> None:
        self._refs[address, view_id][part] = ref

    async def removed(self, address: AddressRecord, view_id: str, part: str) -> None:
        self._refs[address, view_id].pop(part, None)
