"""The last step of all that is shown: what is not on these lists does not leave. Pure.

Rule: no style, no script, no address but http, https and mailto; no picture in what an
agent wrote.
"""

import nh3

from adapters.web.tags import Html

_PROSE = frozenset(
    """
    a blockquote br button code del div em h3 h4 h5 h6 hr input li ol p pre span
    strong table tbody td th thead tr ul
    """.split()  # noqa: SIM905
)
_PROSE_ATTRIBUTES = {
    "*": {"class"},
    "a": {"href", "target"},
    "button": {"type"},
    "input": {"type", "checked", "disabled", "aria-label"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "div": {"tabindex"},
    "span": {"tabindex"},
}
_PAGE = _PROSE | frozenset(
    """
    article aside details fieldset figcaption figure footer form h1 h2 header img label
    legend nav section small summary textarea time
    """.split()  # noqa: SIM905
)
_ANY = {"class", "id", "tabindex", "role", "hidden", "title", "lang", "dir"}
_PAGE_ATTRIBUTES = {
    "*": _ANY,
    "a": {"href", "target"},
    "button": {"type", "name", "value", "disabled"},
    "details": {"open"},
    "input": {
        "type", "name", "value", "checked", "disabled", "placeholder", "autocomplete",
        "maxlength",
    },
    "img": {"src", "alt", "loading"},
    "label": {"for"},
    "ol": {"start"},
    "textarea": {"name", "rows", "placeholder", "maxlength"},
    "time": {"datetime"},
}  # fmt: skip


def prose(markup: str) -> Html:
    """What an agent wrote: it can be read, and do nothing."""
    return Html(
        nh3.clean(
            markup,
            tags=set(_PROSE),
            attributes=_PROSE_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def page(markup: str) -> Html:
    """A part of the page, with what people press and fill in."""
    return Html(
        nh3.clean(
            markup,
            tags=set(_PAGE),
            attributes=_PAGE_ATTRIBUTES,
            generic_attribute_prefixes={"data-", "aria-"},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )
