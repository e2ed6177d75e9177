"""Every durable step by name, and the cases of the kill matrix."""

from tests.chaos.step import Case, Step
from tests.chaos.steps_inside import DECISIONS, INTAKE, TURN
from tests.chaos.steps_outside import BESIDE, OUTSIDE

#: What any conversation comes to; the rest needs a story of its own.
COMMON: tuple[Step, ...] = (*INTAKE, *TURN, *DECISIONS, *OUTSIDE)
STEPS = (*COMMON, *BESIDE)
#: Cases that do not pass yet, and what is known of them.
OPEN: dict[str, str] = {
    "slack: the bridge dies after an uploaded file is shared in Slack": "agents are "
    "left when the kill comes last of all: not known whether story or program",
    "slack: the bridge dies after a file is known to be shown": "the same",
    "telegram: the bridge dies after an order of a menu is carried out": "no end seen",
    "slack: the bridge dies before a stream is appended to": "too short to be appended",
    "slack: the bridge dies after a stream is appended to": "too short to be appended",
    "slack: the bridge dies after a turn is delivered": "not passed there",
    **{
        f"telegram: the bridge dies {when} {step}": "not known whether story or program"
        for when, step in (
            ("before", "words are set out to be steered in"),
            ("after", "words are set out to be steered in"),
            ("before", "steered words are written to the agent"),
            ("before", "steered words have joined"),
            ("after", "steered words have joined"),
        )
    },
}
CASES: tuple[Case, ...] = tuple(case for step in STEPS for case in step.cases())
