"""On what terms an agent's process works: what it does without asking. Pure.

Rule: what people have allowed holds for their own words. A turn that brings words of
others (`Asked.wary`) has none of it, and leaves nothing behind that it was allowed.
"""

from dataclasses import dataclass, replace

from runner.base import Allow, Answer, SessionSpec

BYPASS = "bypassPermissions"
#: Modes in which nothing is done that somebody would have been asked for.
ASKING = frozenset({"default", "plan", "dontAsk"})


def wary_mode(mode: str) -> str:
    """The mode for words of others where people's own have *mode*."""
    return mode if mode in ASKING else "default"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of one process."""

    spec: SessionSpec  # it was started by, as far as it was not changed since
    wary: bool  # the turn it had last brought words of others
    narrow: bool = False  # it was started for such a turn
    widened: bool = False  # it was allowed something for as long as it lives

    def fit(self, wanted: SessionSpec, *, wary: bool) -> bool:
        """Whether it is as it would be started now, but for what it can be told."""
        if self.widened and (wary or self.wary):
            return False
        known, allowed = set(self.spec.allowed_tools), set(wanted.allowed_tools)
        # For a rule made elsewhere, what it runs in the background is not ended.
        knows = known == allowed or (known < allowed and not self.narrow)
        return knows and _fixed(wanted) == _fixed(self.spec)

    def after(self, answer: Answer) -> "Terms":
        """Once people have answered it."""
        if not isinstance(answer, Allow):
            return self
        allowed = (*self.spec.allowed_tools, *answer.rules)
        lasts = answer.scope == "session" or bool(answer.mode)
        spec = replace(self.spec, allowed_tools=allowed)
        return replace(self, spec=spec, widened=self.widened or lasts)


def _fixed(spec: SessionSpec) -> tuple[SessionSpec, bool]:
    """What a process can neither get nor lose while it runs, beside rules."""
    told = replace(
        spec,
        model="",
        permission_mode="",
        allowed_tools=(),
        begun=False,
        fork_of="",
        turn="",
    )
    return told, spec.permission_mode == BYPASS
