"""The `link` command: one conversation, shown on several surfaces."""

from bot.order import Order
from bot.screens import address_record, platform_name


async def link(order: Order) -> None:
    if order.argument.lower() == "off":
        await _unlink(order)
        return
    if not order.argument:
        code = order.shared.links.offer(order.record.id, order.home, *order.person)
        private = order.inbound.platform == "slack"
        order.say(order.words("order-link-code", code=code), private=private)
        return
    await _take_link(order)


async def _unlink(order: Order) -> None:
    """What is said here from now on is a conversation of its own."""
    here = order.inbound.address
    if here == order.home:
        order.tell("order-link-home")
        return
    order.tell("order-unlinked")
    await order.shared.store.leave(
        address_record(here),
        platform=order.inbound.platform,
        events=order.inbound.events,
    )
    order.move(here, here)


async def _take_link(order: Order) -> None:
    """Show the conversation of that code here, instead of this one."""
    here = order.inbound.address
    if order.work.busy:
        order.tell("order-busy")
        return
    if order.several:
        order.tell("order-link-several")
        return
    offer = order.shared.links.take(order.argument, order.person)
    if offer is None:
        order.tell("order-link-wrong")
        return
    if offer.conversation == order.record.id:
        order.tell("order-link-same")
        return
    await order.shared.people.link((offer.platform, offer.person), order.person)
    moved = await order.shared.store.move_address(
        address_record(here),
        offer.conversation,
        platform=order.inbound.platform,
        events=order.inbound.events,
        by=":".join(order.person),
    )
    if not moved:
        order.tell("order-link-wrong")
        return
    order.tell("order-linked", place=platform_name(offer.home.platform))
    order.move(here, offer.home)
