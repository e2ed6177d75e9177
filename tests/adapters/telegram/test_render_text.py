"""What Markdown looks like in Telegram."""

import pytest

from adapters.telegram.render import render
from adapters.views import Notice
from tests.adapters.telegram.marks import marked


def shown(text: str) -> str:
    (piece,) = render(Notice(id="n1", text=text), now=0)
    return marked(piece)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        (
            "**bold** *it* ~~gone~~ `x = 1`",
            "<b>bold</b> <i>it</i> <s>gone</s> <code>x = 1</code>",
        ),
        ("***both***", "<b><i>both</i></b>"),
        (
            "snake_case_name, 2*3*4, __init__",
            "snake_case_name, 2<i>3</i>4, <b>init</b>",
        ),
        (r"\*plain\* C:\path", r"*plain* C:\path"),
        (
            "the ||secret|| of a || b || c",
            "the <spoiler>secret</spoiler> of a || b || c",
        ),
        ("List<T> <b>x</b> &lt;y&gt; <!-- z -->", "List<T> <b>x</b> <y> <!-- z -->"),
        ("# Title\ntext\n## Next", "<b>Title</b>\ntext\n\n<b>Next</b>"),
        ("one\ntwo  \nthree", "one\ntwo\nthree"),
        ("a\n\n---\n\nb", "a\n\n──────────\n\nb"),
        ("[INFO]: started", "[INFO]: started"),
        ("tabs\there", "tabs    here"),
        ("\x1b[31mred\x1b[0m \u202eevil", "red evil"),
    ],
)
def test_words(text: str, looks: str) -> None:
    assert shown(text) == looks


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("[docs](https://e.com/a_b)", "<a https://e.com/a_b>docs</a>"),
        ("[`code`](https://e.com)", "<a https://e.com>code</a>"),
        ("[](https://e.com)", "<a https://e.com>https://e.com</a>"),
        ("![A cat](https://e.com/c.png)", "🖼 <a https://e.com/c.png>A cat</a>"),
        ("![](c.png)", "🖼 <code>c.png</code>"),
        ("[the file](src/main.py)", "the file (<code>src/main.py</code>)"),
        ("[main.py:12](src/main.py:12)", "<code>src/main.py:12</code>"),
        (
            "[it runs](http://localhost:3000)",
            "it runs (<code>http://localhost:3000</code>)",
        ),
        ("[x](javascript:alert(1))", "x (<code>javascript:alert(1)</code>)"),
        ("[part](#part)", "<code>#part</code>"),
        ("[ref][1]\n\n[1]: https://e.com", "[ref][1]\n\n[1]: https://e.com"),
    ],
)
def test_links_telegram_would_refuse_are_shown_as_code(text: str, looks: str) -> None:
    assert shown(text) == looks


def test_lists_keep_their_numbers_and_their_depth() -> None:
    looks = shown(
        "Steps:\n\n3. three\n   - deeper\n     - deepest\n5. five\n\n   more\n"
        "- [x] done\n- [ ] not"
    )

    assert looks == (
        "Steps:\n"
        "3. three\n"
        "   • deeper\n"
        "      • deepest\n"
        "5. five\n"
        "   more\n"
        "\n"
        "☑ done\n"
        "☐ not"
    )


def test_code_keeps_its_language_and_its_first_indent() -> None:
    assert shown("Look:\n```py\n  x = 1\n\n  y = 2\n```\nend") == (
        "Look:\n\n<pre py>\u00a0 x = 1\n\n  y = 2</pre>\n\nend"
    )


def test_an_open_code_block_is_shown_as_one() -> None:
    assert shown("```js\nlet a = `${b}`") == "<pre js>let a = `${b}`</pre>"


def test_quotes_are_one_deep_and_long_ones_start_folded() -> None:
    assert shown("> a\n>> **b**\n\nc") == "<quote>a\n\n<b>b</b></quote>\n\nc"
    assert shown("> " + "word " * 200).startswith("<fold>word word")
    assert shown(">" * 200 + " x") == "<quote>x</quote>"


def test_a_narrow_table_is_aligned() -> None:
    assert shown("| Name | n |\n|---|--:|\n| 日本 | 1 |\n| **b** | 22 |") == (
        "<pre>Name │  n\n─────┼───\n日本 │  1\nb    │ 22</pre>"
    )


def test_a_table_too_wide_for_a_phone_is_a_list() -> None:
    assert shown(
        f"| File | Why |\n|---|---|\n| `a.py` | {'so ' * 20}|\n| b | no |"
    ) == (
        f"▪ <i>File</i>: <code>a.py</code>\n   <i>Why</i>: {'so ' * 20}".rstrip()
        + "\n▪ <i>File</i>: b\n   <i>Why</i>: no"
    )


def test_a_table_with_a_link_keeps_the_link() -> None:
    assert shown("| a | b |\n|---|---|\n| [x](https://e.com) | 1 |") == (
        "▪ <i>a</i>: <a https://e.com>x</a>\n   <i>b</i>: 1"
    )


def test_cells_without_a_header_are_not_lost() -> None:
    assert shown("| a | b |\n|---|---|\n| 1 | 2 || 3 |") == (
        "<pre>| a | b |\n|---|---|\n| 1 | 2 || 3 |</pre>"
    )


def test_what_nobody_would_see_is_still_a_message() -> None:
    for text in ("", "  \n", "\u200b\u200b", "```\n```"):
        assert shown(text)


def test_a_long_code_block_goes_on_as_code() -> None:
    code = "\n".join(f"    line {number}" for number in range(800))

    pieces = render(Notice(id="n1", text=f"```py\n{code}\n```", notify=True), now=0)

    assert [piece.part for piece in pieces] == ["n0", "n1", "n2"]
    assert [piece.notify for piece in pieces] == [True, False, False]
    for piece in pieces:
        (entity,) = piece.entities
        assert entity["type"] == "pre"
        assert entity["language"] == "py"
        assert piece.text.startswith("\u00a0   line")
