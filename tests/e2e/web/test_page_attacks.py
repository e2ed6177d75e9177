"""Script in everything that somebody else chooses: nothing of it may run or load."""

import pytest
from playwright.async_api import FilePayload, expect

from adapters.inbound import Attachment
from adapters.views import (
    Notice,
    Option,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from adapters.web.values import Entry, Settings, Surface
from tests.e2e.web.visit import Visit

pytestmark = pytest.mark.asyncio(loop_scope="module")

AWAY = "http://203.0.113.7/x"  # nobody's (RFC 5737): to ask it for anything is a fault
PAYLOADS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    f'<script src="{AWAY}.js"></script>',
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    f'<img src="{AWAY}.png">',
    f'<img srcset="{AWAY}.png 1x">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a xlink:href="javascript:alert(1)"><text y="20">x</text></a></svg>',
    f'<svg><image href="{AWAY}.svg" /></svg>',
    f'<svg><use href="{AWAY}.svg#a" /></svg>',
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    f'<iframe src="{AWAY}"></iframe>',
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
    f'<object data="{AWAY}.swf"></object>',
    f'<embed src="{AWAY}.swf">',
    f'<link rel=stylesheet href="{AWAY}.css">',
    f'<link rel=prefetch href="{AWAY}">',
    f'<meta http-equiv=refresh content="0;url={AWAY}">',
    f'<base href="{AWAY}/">',
    f"<style>@import '{AWAY}.css'; body{{background:url({AWAY}.png)}}</style>",
    f'<div style="background:url({AWAY}.png)">x</div>',
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video><source onerror=alert(1)></video>",
    f'<video poster="{AWAY}.png" src="{AWAY}.mp4" autoplay></video>',
    f'<audio src="{AWAY}.mp3" autoplay onerror=alert(1)></audio>',
    "<marquee onstart=alert(1)>x</marquee>",
    f'<form action="{AWAY}"><button>Send</button></form>',
    '<form id="composer" data-question="/api/sessions/1"><button>x</button></form>',
    '<button data-post="/api/sessions/1/commands">Press me</button>',
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<a href=javascript:alert(1)>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "[x](//203.0.113.7/x)",
    '[x](http://example.org/"onmouseover="alert(1))',
    "[x](http://example.org/' onclick='alert(1))",
    f"![x]({AWAY}.png)",
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](x.png "y\' onerror=\'alert(1)")',
    "<javascript:alert(1)>",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "```diff\n+<img src=x onerror=alert(1)>\n```",
    "`<img src=x onerror=alert(1)>`",
    "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |",
    "- [x] <img src=x onerror=alert(1)>",
    "||<img src=x onerror=alert(1)>||",
    "\"'><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{constructor.constructor('alert(1)')()}}",
    "\u202e<script>alert(1)</script>\x00\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07",
)


def everywhere(turn: str, payload: str) -> TurnView:
    """The payload in every place of a turn that holds words."""
    step = Step(f"s{turn}", payload, "execute", ok=False, output=payload)
    diff = Step(f"{payload}{turn}", "Edit", ok=True, output=f"@@ -1 +1 @@\n+{payload}")
    return TurnView(
        id=turn,
        status=TurnStatus.RUNNING,
        prompt=payload,
        parts=(Said(payload), step, diff, Said(payload, complete=False)),
        note=payload,
        model=payload,
        started_at=1.0,
    )


def asking(turn: str, number: int, payload: str) -> QuestionView:
    options = (Option("o1", payload, description=payload, words=payload),)
    return QuestionView(
        id=f"q{number}",
        turn_id=turn,
        title=payload,
        body=payload,
        details=payload,
        options=options,
        several=number % 2 == 0,
        free_text=True,
    )


def prepared(visit: Visit, name: str) -> int:
    """A conversation that has every payload everywhere already."""
    desk = visit.desk
    desk.facts = {"name": name, "version": name}
    desk.platforms = [
        Surface(platform=name, on=False, health=None, advice="\n\n".join(PAYLOADS))
    ]
    settings = Settings(project=name, model=name)
    card = desk.add(name, platform=name, preview=name, settings=settings)
    for number, payload in enumerate(PAYLOADS, start=1):
        view = everywhere(f"t{number}", payload)
        files = (Attachment(payload, payload, 1, problem=payload),)
        entry = Entry(view=view, asked_by=payload, asked_at=1.0, files=files)
        desk.entries[card.id].append(entry)
        desk.asked[card.id][f"q{number}"] = asking(view.id, number, payload)
    return card.id


async def poke(visit: Visit) -> None:
    """Do what a person would: open, hover, press what looks like a link."""
    await visit.page.evaluate(
        """() => {
          for (const one of document.querySelectorAll("details")) one.open = true;
          for (const one of document.querySelectorAll("#turns *")) {
            one.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
            if (one.tagName === "A") {
              one.addEventListener("click", (event) => event.preventDefault());
              one.click();
            }
          }
        }"""
    )
    await visit.page.evaluate("() => new Promise(requestAnimationFrame)")


async def unharmed(visit: Visit) -> None:
    strange = "script:not([src^='/static/']), iframe, object, embed, base, svg, img"
    await expect(visit.page.locator(strange)).to_have_count(0)
    # The composer's own script gives it its height.
    others = "[...document.querySelectorAll(':not(#words)')]"
    handlers = f"{others}.flatMap(x => [...x.attributes])"
    names = await visit.page.evaluate(f"{handlers}.map(x => x.name)")
    assert [name for name in names if name.startswith("on") or name == "style"] == []
    links = "[...document.querySelectorAll('#main a')].map(x => x.protocol)"
    assert set(await visit.page.evaluate(links)) <= {"http:", "https:", "mailto:"}
    assert visit.dialogs == []
    assert visit.strange == []


async def test_what_a_page_shows_at_once_runs_nothing(visit: Visit) -> None:
    name = PAYLOADS[4] + PAYLOADS[0]
    conversation = prepared(visit, name)
    # Each in turns of thirty, as the page reads them.
    for last in (30, 60, len(PAYLOADS)):
        path = f"/c/{conversation}?before=t{last + 1}"
        await visit.page.goto(visit.url + path)
        await expect(visit.page.locator(f"#t{last}")).to_have_count(1)
        await poke(visit)
        await unharmed(visit)


async def test_the_first_page_and_the_search_run_nothing(visit: Visit) -> None:
    prepared(visit, PAYLOADS[4] + PAYLOADS[0])
    await visit.open("/")
    await visit.page.keyboard.press("Control+k")
    await visit.page.keyboard.type("alert(1)")
    await expect(visit.page.locator("#found a").first).to_be_visible()
    await poke(visit)

    await unharmed(visit)


@pytest.mark.parametrize("part", range(3))
async def test_what_is_patched_in_runs_nothing(visit: Visit, part: int) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    payloads = PAYLOADS[part::3]
    for number, payload in enumerate(payloads, start=1):
        visit.desk.show(card.id, everywhere(f"t{number}", payload))
        visit.desk.show(card.id, asking(f"t{number}", number, payload))
        visit.desk.show(card.id, Notice(id=f"n{number}", text=payload))
    await expect(visit.page.locator(f"#n{len(payloads)}")).to_have_count(1)
    await expect(visit.page.locator(f"#q{len(payloads)}")).to_have_count(1)
    await poke(visit)

    await unharmed(visit)


async def test_a_file_of_a_wicked_name_is_only_a_name(visit: Visit) -> None:
    card = visit.desk.add()
    await visit.open(f"/c/{card.id}")
    wicked = FilePayload(name=PAYLOADS[4], mimeType="image/svg+xml", buffer=b"<svg/>")
    await visit.page.get_by_label("Add files").set_input_files([wicked])
    await visit.page.get_by_role("button", name="Send").click()
    await visit.heard("say")
    await expect(visit.page.locator("#t1 .file")).to_be_visible()

    await unharmed(visit)
