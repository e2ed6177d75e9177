"""Every durable step by name, and the cases of the kill matrix."""

from tests.chaos.step import Case, Step
from tests.chaos.steps_inside import DECISIONS, INTAKE, TURN
from tests.chaos.steps_outside import BESIDE, OUTSIDE

#: What any conversation comes to; the rest needs a story of its own.
COMMON: tuple[Step, ...] = (*INTAKE, *TURN, *DECISIONS, *OUTSIDE)
STEPS = (*COMMON, *BESIDE)
CASES: tuple[Case, ...] = tuple(case for step in STEPS for case in step.cases())
