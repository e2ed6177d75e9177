"""Sizes of files as people read them. Pure."""


def size(of: int) -> str:
    """Bytes, in the units that are the same in every language; "" if not known."""
    if of < 1024:
        return f"{of} B" if of else ""
    return f"{of / 1024:.0f} KB" if of < 1 << 20 else f"{of / (1 << 20):.1f} MB"
