"""What leaves the program, before and after; and what is done beside the turns."""

from tests.chaos.step import CHATS, SESSION, SLACK, TELEGRAM, Step, stored

OUTSIDE = (
    Step(
        name="the stub of an answer is sent",
        at=TELEGRAM,
        match="^.*'sendMessage'",
        seamless=True,
    ),
    Step(
        name="the id of a message is noted",
        at=stored("posts", "Posts.posted"),
        on=CHATS,
        seamless=True,
    ),
    Step(
        name="a message is announced",
        at=stored("posts", "Posts.posting"),
        on=CHATS,
        seamless=True,
    ),
    Step(
        name="an edit is made",
        at=TELEGRAM,
        match="'editMessageText'",
        seamless=True,
    ),
    Step(
        name="the answer itself is shown",
        at=TELEGRAM,
        match="'editMessageText'.*all there is to it",
        seamless=True,
    ),
    Step(
        name="a card with buttons is sent",
        at=TELEGRAM,
        match="'sendMessage'.*Allow once",
        drive="tool",
        seamless=True,
    ),
    Step(
        name="a stream is begun",
        at=SLACK,
        match="'chat.startStream'",
        on=("slack",),
        seamless=True,
    ),
    Step(
        name="a stream is appended to",
        at=SLACK,
        match="'chat.appendStream'",
        on=("slack",),
        drive="long",
        seamless=True,
    ),
    Step(
        name="a stream is ended",
        at=SLACK,
        match="'chat.stopStream'",
        on=("slack",),
        seamless=True,
    ),
    Step(
        name="a card with buttons is posted",
        at=SLACK,
        match="'chat.postMessage'.*Allow once",
        on=("slack",),
        drive="tool",
        seamless=True,
    ),
    Step(
        name="a file of the agent is on record",
        at=stored("files", "Files.send_file"),
        drive="give",
        on=(*CHATS, "web"),
        seamless=True,
    ),
    Step(
        name="a file is uploaded to Telegram",
        at=TELEGRAM,
        match="'editMessageMedia'",
        drive="give",
        seamless=True,
    ),
    Step(
        name="an uploaded file is shared in Slack",
        at=SLACK,
        match="'files.completeUploadExternal'",
        drive="give",
        on=("slack",),
        seamless=True,
    ),
    Step(
        name="a file is known to be shown",
        at=stored("files", "Files.file_shown"),
        drive="give",
        on=CHATS,
        seamless=True,
    ),
)

BESIDE = (
    Step(
        name="a worktree is merged",
        at="bot.worktrees:Worktrees.merge",
        drive="merge",
    ),
    Step(
        name="changes are taken back",
        at=f"{SESSION}.rewind",
        drive="undo",
    ),
    Step(
        name="two people are linked",
        at=stored("people", "People.link_people"),
        drive="link",
        on=("slack",),
    ),
    Step(
        name="what an earlier run left is taken up",
        at=stored("decisions", "Decisions.withdraw_all"),
        drive="restart",
        kill=("bridge",),
    ),
)
