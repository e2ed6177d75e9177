"""Views as safe markup."""

from dataclasses import replace
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from adapters.inbound import Attachment
from adapters.language import ENGLISH
from adapters.views import (
    Option,
    QuestionStatus,
    QuestionView,
    Said,
    Step,
    TurnStatus,
    TurnView,
)
from adapters.web import highlight, questions, safe, turns
from adapters.web.prose import prose
from adapters.web.tags import Html, tag
from adapters.web.values import Entry

VIEW = TurnView(id="t1", status=TurnStatus.RUNNING, prompt="Do it", started_at=1.0)
QUESTION = QuestionView(
    id="q1",
    turn_id="t1",
    title="Run a command?",
    options=(
        Option("once", "✅ Allow once", "good"),
        Option("deny", "❌ Deny", "danger", words="Why?"),
    ),
)

turn_html = partial(turns.turn_html, language=ENGLISH)
turn_blocks = partial(turns.turn_blocks, language=ENGLISH)
question_html = partial(questions.question_html, language=ENGLISH)
code_block = partial(highlight.code_block, copy_label="Copy")


def drawn(markdown: str) -> str:
    return "".join(prose(markdown))


def turn(*parts: Said | Step, status: TurnStatus = TurnStatus.RUNNING) -> Entry:
    return Entry(view=replace(VIEW, parts=parts, status=status))


def ids(entry: Entry) -> list[str]:
    return [block.id for block in turn_blocks(1, entry)]


# --- markup -------------------------------------------------------------------


def test_what_is_not_markup_is_escaped() -> None:
    made = tag("p", "<b>", Html("<i></i>"), title='a"b')

    assert made == '<p title="a&quot;b">&lt;b&gt;<i></i></p>'


def test_what_is_not_on_the_lists_does_not_leave() -> None:
    wicked = '<p onclick="x()" style="y" id="z">a<script>b</script><img src="c"></p>'

    assert safe.prose(wicked) == "<p>a</p>"
    assert safe.page(wicked) == '<p id="z">a<img src="c"></p>'


def test_an_agent_cannot_forge_what_is_pressed() -> None:
    forged = '<button data-post="/api/x" name="option" id="q1">Allow</button>'

    assert safe.prose(forged) == "<button>Allow</button>"


# --- Markdown -----------------------------------------------------------------


def test_markdown_is_drawn() -> None:
    assert drawn("A **b** `c`") == "<p>A <strong>b</strong> <code>c</code></p>"
    assert "<h3>Title</h3>" in drawn("# Title")
    assert '<ol start="3"><li><p>three</p></li></ol>' in drawn("3. three")
    assert '<td class="right">1</td>' in drawn("|a|\n|--:|\n|1|")
    assert 'disabled="" aria-label="done"' in drawn("- [x] done")


def test_only_addresses_of_the_web_are_links() -> None:
    assert 'href="https://example.org/"' in drawn("[a](https://example.org/)")
    assert 'rel="noopener noreferrer nofollow"' in drawn("[a](https://example.org/)")
    assert drawn("[a](javascript:alert)") == "<p>a (javascript:alert)</p>"
    assert drawn("[a](/etc/passwd)") == "<p>a (/etc/passwd)</p>"


def test_a_picture_is_a_link() -> None:
    assert "<img" not in drawn("![a cat](https://example.org/cat.png)")
    assert ">a cat</a>" in drawn("![a cat](https://example.org/cat.png)")


def test_code_is_coloured_by_classes_alone() -> None:
    python = drawn("```python\ndef f(): pass\n```")

    assert '<span class="h-k">def</span>' in python
    assert "style=" not in python


def test_code_of_no_known_language_stays_as_it_is() -> None:
    assert "<code>a &lt;b&gt;</code>" in code_block("a <b>", "no-such-language")


def test_a_diff_shows_what_comes_and_what_goes() -> None:
    shown = code_block("@@ -1 +1 @@\n-old\n+new", "diff")

    assert '<span class="line removed">-old\n</span>' in shown
    assert '<span class="line added">+new\n</span>' in shown


@given(st.text(alphabet="ab<>&\"'`*_[]()|!#-\n:/", max_size=120))
def test_no_word_is_lost_and_no_tag_gets_in(text: str) -> None:
    html = "".join(prose(text, complete=False))

    assert "<script" not in html
    assert safe.prose(html) == html


# --- a turn -------------------------------------------------------------------


def test_while_words_stream_only_the_last_blocks_change() -> None:
    first = turn_blocks(1, turn(Said("One.\n\nTwo", complete=False)))
    later = turn_blocks(1, turn(Said("One.\n\nTwo and three", complete=False)))

    changed = [b.id for a, b in zip(first, later, strict=True) if a != b]
    assert changed == ["t1-p0-1"]


def test_blocks_keep_their_ids_when_more_is_added() -> None:
    step = Step("s", "Read", "read", ok=True)
    before = ids(turn(Said("One."), step))
    after = ids(turn(Said("One."), step, Said("Two.")))

    assert after[: len(before) - 1] == before[:-1]
    assert (after[0], after[-1]) == ("t1-asked", "t1-foot")


def test_steps_open_to_their_output_and_a_diff_in_it_is_one() -> None:
    step = Step("s", "Edit a.py", "edit", ok=True, output="@@ -1 +1 @@\n-a\n+b")
    html = turn_html(1, turn(step))

    assert "<details" in html
    assert '<span class="line added">+b' in html


def test_many_steps_fold_once_words_follow() -> None:
    steps = [Step(f"s{n}", f"Read {n}", "read", ok=n != 2) for n in range(6)]
    running = turn_html(1, turn(*steps))
    followed = turn_html(1, turn(*steps, Said("So.")))

    assert "6 steps" not in running
    assert "6 steps · 1 failed" in followed


def test_a_long_row_of_steps_is_parted() -> None:
    steps = [Step(f"s{n}", "Read", "read", ok=True) for n in range(45)]

    assert ids(turn(*steps))[1:-1] == ["t1-g0-0", "t1-g0-1", "t1-g0-2"]


def test_nothing_runs_in_a_turn_that_is_over() -> None:
    html = turn_html(1, turn(Step("s", "Run"), status=TurnStatus.CANCELLED))

    assert "stopped" in html
    assert "running" not in html


def test_the_foot_says_how_it_went_and_offers_what_can_be_done() -> None:
    queued = replace(VIEW, status=TurnStatus.QUEUED, position=2)
    done = replace(VIEW, status=TurnStatus.DONE, ended_at=33.0, cost_usd=0.04)

    assert "Queued · 2nd in line" in turn_html(1, Entry(view=queued))
    assert ">Cancel</button>" in turn_html(1, Entry(view=queued))
    assert 'data-post="/api/sessions/1/turns/t1/stop"' in turn_html(1, turn())
    assert "Done · 32 s · $0.04" in turn_html(1, Entry(view=done))
    assert "data-post" not in turn_html(1, Entry(view=done))


def test_files_are_listed_with_what_is_wrong_with_them() -> None:
    files = (
        Attachment("a.txt", "text/plain", 2048, path="/x/a.txt"),
        Attachment("b.txt", "text/plain", 0, problem="b.txt is too big."),
    )
    html = turn_html(1, Entry(view=VIEW, files=files))

    assert "2 KB" in html
    assert "b.txt is too big." in html


# --- a question ---------------------------------------------------------------


def test_an_open_question_can_be_answered_in_every_way_it_offers() -> None:
    html = question_html(1, replace(QUESTION, free_text=True))

    assert 'data-question="/api/sessions/1/questions/q1"' in html
    assert 'name="option" value="once"' in html
    assert ">Allow once<" in html
    assert 'name="why:deny"' in html
    assert 'name="text"' in html


def test_of_several_any_number_can_be_ticked() -> None:
    html = question_html(1, replace(QUESTION, several=True, chosen=("once",)))

    assert html.count('type="checkbox"') == 2
    assert 'value="once" checked' in html
    assert 'value="done"' in html


def test_a_decided_question_offers_nothing_and_says_how_it_ended() -> None:
    decided = replace(QUESTION, status=QuestionStatus.DECIDED, outcome="Denied by Ada")
    html = question_html(1, replace(decided, refused=True))

    assert "<button" not in html
    assert '<span class="outcome refused">Denied by Ada</span>' in html


def test_a_closed_question_is_one_line_that_opens_to_what_it_was_about() -> None:
    closed = replace(QUESTION, status=QuestionStatus.WITHDRAWN, details_shown=True)
    full = question_html(1, replace(closed, body="Run `make`", details="{}"))

    assert full.index("<summary") < full.index("No longer needed") < full.index("make")
    assert " open" not in full
    assert "<details" not in question_html(1, closed)


def test_questions_stand_in_their_turn_above_its_foot() -> None:
    closed = replace(QUESTION, status=QuestionStatus.DECIDED, outcome="Denied by Ada")
    entry = replace(turn(Said("So.")), questions=(closed, replace(QUESTION, id="q2")))

    assert ids(entry) == ["t1-asked", "t1-p0-0", "q1", "q2", "t1-foot"]
