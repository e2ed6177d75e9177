"""The demo agent's words, in CommonMark. They never claim to be an AI's."""

DEMO = """\
**This is Parley's demo: a small script, no AI.** It shows what the page does with a \
real agent; it does not understand you beyond a few words."""

RESUMED = """\
**Parley's demo, no AI.** I was interrupted and looked at what had happened: {done} of \
my steps are done, and I do not repeat them."""

MENU = """\
Write one of these words and watch what happens:

| word | what you will see |
|---|---|
| **tour** | a question, an edit that uses your answer, and how to go on from here |
| **question** | a card that waits for your choice, or for your own words |
| **edit** | a permission with the exact difference, then a file in my folder |
| **run** | a permission for a command (`ls`), and what it printed |
| **long** | a long answer, to scroll, to stop, and to reload in the middle of |
| **parley** | what Parley is |
| **install** | how to put Claude Code in my place |

While I talk, press **Stop**, or write the next message: it waits in the queue."""

PARLEY = """\
Parley is a bridge from messengers to a coding agent **on your own machine**. What you \
write here, in Telegram or in Slack goes through the same door:

1. It is on disk before it is acknowledged. Kill Parley in the middle, and it goes on.
2. It becomes a turn of one conversation; turns wait for each other, and you see where \
yours stands.
3. The agent works in a folder of this machine. Everything it does is shown as a step, \
and everything that needs your permission asks first.
4. The answer streams back to wherever you are: start on the page, allow on the phone.

Nothing leaves this machine but what the agent itself sends to its model. This demo \
sends nothing at all.

Write **install** to see how to put Claude Code in my place."""

INSTALL = """\
## Put Claude Code in my place

On the machine that Parley runs on:

```sh
curl -fsSL https://claude.ai/install.sh | bash
claude    # once; then type /login
```

Or, with Node.js:

```sh
npm install -g @anthropic-ai/claude-code
```

Without a browser there: `claude setup-token` on another machine, and set \
`CLAUDE_CODE_OAUTH_TOKEN` here.

Then start Parley again. It finds `claude` by itself, and what you write from then on \
goes to it. You will not see me again unless you ask for me: `parley demo`. If \
something is missing, `parley doctor` says what."""

ASKING = "A question, as an agent asks it when it cannot decide by itself:"
CHOICES = {
    "Nothing is lost": "What you write is on disk before it is acknowledged",
    "Nothing is done twice": "After a crash the agent is told what it had done",
    "Buy milk": "Every list needs it",
}
ANSWERED = """\
You chose **{answer}**. A real agent goes on with that; I only repeat it. \
(Words of your own are as good an answer as a button.)"""
NO_ANSWER = "You did not answer, so I leave it at that."

EDITING = "I would like to write to a file in my folder. That needs your permission:"
EDITED = """\
Done: `{file}` is really there. Open the step above to see the difference; write \
**edit** once more to see another."""
NOTES = "# Notes of the demo\n\n1. {line}\n"

RUNNING = "I would like to look into my folder with a harmless command:"
RAN = "That is what it printed:\n\n```\n{output}\n```"

REFUSED = "Then I leave it. What I was told: “{reason}”"

FILES = "Your files have arrived. A real agent would look at what they say:\n"
ATTACHED = "- `{name}`: {read}"

LONG = """\
## A long answer

Long answers show whether a page is pleasant to read *while* it is being written. \
Scroll up: it does not pull you back. Press **Stop**: it ends where it is. Reload: it \
goes on where it was.

### Some code

```python
from collections.abc import Iterable, Iterator


def pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    \"\"\"Neighbours: a b c gives (a, b), (b, c).\"\"\"
    last: str | None = None
    for word in words:
        if last is not None:
            yield last, word
        last = word
```

It is a generator: nothing is computed before somebody asks, and nothing is kept but \
the last word.

### A table

| what breaks | what you see |
|---|---|
| the page is closed | nothing: the turn goes on, and is here when you come back |
| the network | the page reconnects and shows what it missed, once |
| the agent | it is started again and told what had already happened |
| Parley itself | the same, from what is on disk |
| the machine | the same, at the next start |

### A list

1. **On disk first.** A message is kept before anybody is told that it arrived.
2. **One owner.** Each conversation has one task that decides; everything else leaves \
it mail.
3. **Evidence.** After a crash the agent's own record tells what was done. Guessing is \
how things get done twice.
4. **Views.** What you look at is all there is to show of one thing at one moment. The \
newest replaces what was before, wherever you look at it.

### Some prose

> The purpose of a bridge is that you stop thinking about it.

A messenger is in your pocket and an agent is on your desk, and what happens between \
them should be dull. Dull means that a message sent in a tunnel arrives after the \
tunnel; that two people pressing the same button do not press it twice; that a laptop \
closed in the middle of a sentence continues the sentence when it is opened. None of \
it is visible on a good day.

That is the end of the long answer. Write **edit** or **question** to see the cards."""
