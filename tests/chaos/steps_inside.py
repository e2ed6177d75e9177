"""Between what people send and what the agent says: steps on disk and on pipes."""

from tests.chaos.step import CHATS, HEARD, SESSION, Step, stored

INTAKE = (
    Step(name="a message is kept", at=stored("inbox", "Inbox.keep"), on=CHATS),
    Step(
        name="what came by the API is kept",
        at=stored("inbox", "Inbox.keep"),
        on=("web",),
    ),
    Step(
        name="a turn is queued",
        at=stored("queueing", "Queueing.queue_turn"),
        on=(*CHATS, "web"),
        kill=("bridge",),
    ),
    Step(
        name="a file from a person is brought in",
        at="adapters.telegram.api:TelegramApi.download",
        drive="file",
    ),
    Step(
        name="a file from a person is brought in from Slack",
        at="adapters.slack.api:SlackApi.download",
        drive="file",
        on=("slack",),
    ),
    Step(
        name="a turn behind another is queued",
        at=stored("queueing", "Queueing.queue_turn"),
        drive="behind",
        nth=2,
        kill=("bridge", "everything"),
        when=("after",),
    ),
    Step(
        name="what was edited is queued anew",
        at=stored("queueing", "Queueing.amend_turn"),
        drive="edit",
    ),
    Step(
        name="a recording is written down",
        at="bot.voice:CommandTranscriber.transcribe",
        drive="voice",
    ),
)

TURN = (
    Step(
        name="a turn is submitted",
        at=stored("ledger", "Ledger.submit_turn"),
        on=(*CHATS, "web"),
    ),
    Step(
        name="a prompt is written to the agent",
        at=f"{SESSION}.prompt",
        kill=("bridge", "agent", "everything"),
    ),
    Step(
        name="the agent is seen to take up the prompt",
        at=HEARD,
        match=r"^\(\(TurnStarted",
        when=("before",),
        kill=("bridge", "agent"),
        seamless=True,
    ),
    Step(
        name="a turn is consumed",
        at=stored("ledger", "Ledger.consume_turn"),
        on=CHATS,
        kill=("bridge", "both"),
        seamless=True,
    ),
    Step(
        name="the first words are heard",
        at=HEARD,
        match=r"^\(\(TextDelta",
        when=("before",),
        on=(*CHATS, "web"),
        kill=("bridge", "agent", "everything"),
        seamless=True,
    ),
    Step(
        name="the last word of the model is heard",
        at=HEARD,
        match=r"^\(\(TextFinished",
        when=("before",),
        seamless=True,
    ),
    Step(
        name="the end of a turn is heard",
        at=HEARD,
        match=r"^\(\(TurnFinished",
        when=("before",),
        kill=("bridge", "both"),
        on=CHATS,
        seamless=True,
    ),
    Step(
        name="a turn is answered",
        at=stored("ledger", "Ledger.finish_turn"),
        on=(*CHATS, "web"),
        kill=("bridge", "everything"),
        seamless=True,
    ),
    Step(
        name="a turn is delivered",
        at=stored("ledger", "Ledger.deliver_turn"),
        on=CHATS,
        kill=("bridge",),
        seamless=True,
    ),
    Step(
        name="a turn is stopped",
        at=stored("ledger", "Ledger.finish_turn"),
        drive="stop",
        on=("telegram", "web"),
    ),
    Step(
        name="an interrupt is written",
        at=f"{SESSION}.interrupt",
        drive="stop",
        kill=("bridge", "agent"),
    ),
    Step(
        name="words are set out to be steered in",
        at=stored("steering", "Steering.steer_turn"),
        drive="steer",
        kill=("bridge",),
    ),
    Step(
        name="steered words are written to the agent",
        at=f"{SESSION}.steer",
        drive="steer",
        kill=("bridge", "agent"),
    ),
    Step(
        name="steered words have joined",
        at=stored("steering", "Steering.join_turn"),
        drive="steer",
    ),
    Step(
        name="a turn is held for a usage limit",
        at=stored("ledger", "Ledger.hold_turn"),
        drive="limit",
    ),
    Step(
        name="an account is parked",
        at=stored("parking", "Parking.park_account"),
        drive="limit",
        when=("after",),
    ),
)

DECISIONS = (
    Step(
        name="a permission is asked for",
        at=stored("decisions", "Decisions.ask"),
        drive="tool",
        on=(*CHATS, "web"),
        seamless=True,
    ),
    Step(
        name="a permission is decided",
        at=stored("decisions", "Decisions.decide"),
        drive="tool",
        on=(*CHATS, "web"),
        kill=("bridge",),
        seamless=True,
    ),
    Step(
        name="a decision is told to the agent",
        at=f"{SESSION}.answer",
        drive="tool",
        kill=("bridge", "agent", "both", "everything"),
        seamless=True,
    ),
    Step(
        name="a refusal is told to the agent",
        at=f"{SESSION}.answer",
        drive="deny",
        seamless=True,
    ),
    Step(
        name="a decided card is shown closed",
        at=stored("decisions", "Decisions.shown"),
        drive="tool",
        on=CHATS,
        seamless=True,
    ),
    Step(
        name="the end of a tool is heard",
        at=HEARD,
        match=r"^\(\(ToolFinished",
        drive="tool",
        when=("before",),
        kill=("bridge", "agent", "everything"),
        seamless=True,
    ),
    Step(
        name="the choice between two answers is told to the agent",
        at=f"{SESSION}.answer",
        drive="question",
        on=("slack",),
        seamless=True,
    ),
    Step(
        name="an order of a menu is carried out",
        at=stored("conversations", "Conversations.change"),
        drive="menu",
    ),
    Step(
        name="the answer to an order is kept until it is seen",
        at=stored("notices", "Notices.answer"),
        drive="menu",
    ),
)
