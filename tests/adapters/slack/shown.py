"""What a view looks like in Slack, in a few words."""

from typing import Any

from adapters.slack.render import render
from adapters.views import View

NOW = 1000.0


def shown(view: View) -> str:
    """The messages as a person reads them, block by block."""
    return "\n" + "\n".join(
        f"--- {piece.part}\n" + "\n".join(map(drawn, piece.blocks))
        for piece in render(view, now=NOW)
    )


def drawn(block: Any) -> str:
    match block:
        case {"type": "actions", "elements": elements}:
            return " ".join(map(drawn, elements))
        case {"type": "button", "text": {"text": text}}:
            return f"[{text}]"
        case {"type": "checkboxes", "options": options}:
            ticked = block.get("initial_options", [])
            return " ".join(f"{'☑' if o in ticked else '☐'} {said(o)}" for o in options)
        case {"type": "multi_static_select", "options": options}:
            return f"▾ {len(options)}"
        case {"type": "rich_text", "elements": elements}:
            return "\n".join(map(drawn, elements))
        case {"type": "rich_text_list", "elements": items}:
            return "\n".join(f"• {drawn(item)}" for item in items)
        case {"type": kind, "elements": elements} if "rich_text" in kind:
            mark = {"rich_text_quote": "| ", "rich_text_preformatted": "# "}
            return mark.get(kind, "") + "".join(map(drawn, elements))
        case {"type": "text", "text": text, "style": {"bold": True}}:
            return f"*{text}*"
        case {"type": "header", "text": {"text": text}}:
            return f"= {text}"
        case {"type": "context", "elements": [{"text": text}]}:
            return f"({text})"
        case {"text": {"text": text}, "accessory": menu}:
            return f"{text} {drawn(menu)}"
        case {"text": {"text": text}} | {"text": text}:
            return str(text)
        case _:
            raise AssertionError(block)


def said(option: Any) -> str:
    words = [option["text"], *filter(None, [option.get("description")])]
    return " – ".join(one["text"] for one in words)
