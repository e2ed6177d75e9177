"""Markdown that broke renderers: of agents, of rivals' bug reports, of our own."""

import random

FENCE = "```"

CORPUS: dict[str, str] = {
    "nested lists": """# Plan
1. First **bold `code` item**
   - sub one
     - sub sub with *it **both** it*
       1. deep ordered
          ```python
          def f(x):
          \treturn x  # tab
          ```
   - sub two
     continuation line

     second paragraph in item
2. Second
   > quote in list
   > - list in quote
- [ ] todo
- [x] done
* * *
10. ten
11. eleven
""",
    "table": """| Name | Qty | Very long description column |
|:-----|----:|:---:|
| **apple** | 1 | `code` and [link](https://e.com) |
| 日本語 😀 | 22 | long long long long long long long long long long text |
| a\\|b | 3 | x |

after | not a table
""",
    "long code": "Intro\n\n```python\n"
    + "\n".join(f"    def f_{i}(a):\n        return a * {i}  # <&>" for i in range(200))
    + "\n```\n\nOutro **bold**.",
    "one long line of code": f"{FENCE}\n{'x' * 9000}\n{FENCE}",
    "open fence": "Text\n```js\nconst a = 1;\nfunction foo() {\n  return `t ${a}`;",
    "fence in fence": "````md\n```python\nprint(1)\n```\n````\n~~~\na ``` b\n~~~",
    "html": "<b>bold</b> <script>alert()</script>\n\n<details><summary>S</summary>\n\n"
    "body **md**\n\n</details>\n\nList<T> & x &lt;tag&gt; <!-- c --> a < b > c <br/>",
    "links": "[ok](https://example.com/a_(b)) [rel](src/main.py) [l](src/main.py:12) "
    "[abs](/etc/passwd) [local](http://localhost:3000) [anchor](#x) <https://auto.l> "
    "https://bare.url/x_y_z?a=1&b=2 [ref][1] ![img](a.png) [**bold**](https://b.c) "
    "[file](file:///a b) [](https://empty.com) [a](<b c>) [`code`](https://c.de) "
    "[![badge](https://i.mg/x.svg)](https://ci.example)\n\n[1]: https://ref.example\n",
    "latex": r"Inline \(a^2\) and $x_1 + \frac{a}{b}$ cost $5."
    "\n\n$$\n1 & 2 \\\\\n$$",
    "emoji": "**😀👨‍👩‍👧‍👦🏳️‍🌈** `😀` _é̂_ 𝕌𝕟𝕚 ~~🇺🇸🇫🇷~~ [😀](https://e.com) "
    + "😀" * 3000,
    "families": "👨‍👩‍👧‍👦" * 800,
    "right to left": "**مرحبا** `code` [رابط](https://e.com) *שלום*\n\n> اقتباس\n\n"
    "1. أولا\n\n\u202eevil\u202c \u2066iso\u2069 \u200f\u200f\u200e x",
    "specials": r"_*[]()~`>#+-=|{}.! snake_case __dunder__ 2*3*4 \*esc\* C:\path\to "
    "**unclosed *and _mix __ ~~x ` code\n||spoiler|| a || b || c footnote[^1]\n\n"
    "[^1]: note\n***bi*** ****x**** **a**b**c** **`code`** *`c`*",
    "quotes": "> a\n>> nested **b**\n>>> deep\n> ```py\n> x=1\n> ```\n\n> "
    + "long quote line " * 60
    + "\n\ntext",
    "control": "a\x00b\x07c\x1b[31mred\x1b[0m \r\n tab\there\u2028ls\u202d\ufeff \x85x",
    "link in terminal": "\x1b]8;;https://e.com\x1b\\label\x1b]8;;\x1b\\ after",
    "surrogates": "bad \ud83d lone **\udc00** end",
    "combining": "a\u030a b\u0333 c\u033f **A\u030angstro\u0308m**",
    "empty": "",
    "white space": "  \n\n \t ",
    "only a rule": "---",
    "only a fence": f"{FENCE}\n{FENCE}",
    "only an image": "![](x.png)",
    "zero width": "\u200b\u200b\u2060",
    "empty bold": "**\u200b**",
    "many entities": " ".join(f"**b{i}** `c{i}` *i{i}*" for i in range(150)),
    "nested styles": "**" + " ".join(f"*i{i}*" for i in range(150)) + "**",
    "deep list": "\n".join("  " * i + f"- item **b** {i}" for i in range(60)),
    "200 quotes": ">" * 200 + " x",
    "200 spaced quotes": "> " * 200 + "x",
    "stars": "*" * 3000 + "a" + "*" * 3000,
    "brackets": "[" * 1000,
    "setext": "Title\n=====\n\nSub\n---\n\npara\nsoft break  \nhard break\\\nend",
    "log lines": "[INFO]: started\n[WARN]: http://x\n[^2]: gone?",
    "indented code first": "    four spaces\n  two\n\nend",
    "one word": "x" * 10_000,
    "wide table": "| a | b | c |\n|---|---|---|\n"
    + "\n".join(
        f"| {'word ' * 9}| [l](https://e.com/{i}) | `c{i}` |" for i in range(60)
    ),
    "cells too many": "| a | b |\n|---|---|\n| 1 | 2 || 3 |\n",
}

_TOKENS = [
    *[
        "**",
        "*",
        "_",
        "__",
        "~~",
        "`",
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "[",
        "](",
    ],
    *["http://a.bc", ")", "|", "||", "#", " ", "word", "😀", "é", "<b>", "</b>", "<"],
    *["&amp;", "\\", "$", "\\(", "---", "    ", "\t", "مرحبا", "```py\n", "!", "[^1]"],
    *["~", "=", "{", "}", ".", "\u200b", "\u200f", "a\u030a", "[x] ", "|---|---|\n"],
]


def noise(seed: int, length: int = 300) -> str:
    """The same jumble of markup for the same seed."""
    chance = random.Random(seed)
    return "".join(chance.choice(_TOKENS) for _ in range(length))


REPORT = """## Summary

I fixed the **race condition** in `SessionManager.resume()` and added tests. Details:

1. **Root cause** – the result was dropped in [`session.py:142`](src/session.py:142).
2. **Fix** – keep a strong reference:

   ```python
   class SessionManager:
       def spawn(self, coro):
           task = asyncio.create_task(coro)
           task.add_done_callback(self._tasks.discard)
   ```

| File | Lines |
|------|------:|
| `src/session.py` | +12/-3 |
| `tests/test_session.py` | +48 |

> **Note:** see https://github.com/org/repo/issues/123.

- [x] unit tests
- [ ] integration tests (need your OK to run `docker compose up`)

"""
