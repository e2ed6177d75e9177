"""What a run of chaos adds up to: a table for people, and a file for documents."""

import json
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.chaos.program import KILLS
from tests.chaos.storm import Chapter

OUT = Path("build") / "chaos.json"


@dataclass(kw_only=True)
class Total:
    """Of all chapters so far."""

    seed: str
    surfaces: Sequence[str]
    chapters: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    turns: int = 0
    resumed: int = 0  # calls of the model that told of an interruption
    undecidable: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lasted_s: float = 0.0

    def add(self, told: Mapping[str, Any]) -> None:
        """A chapter, as `summary` tells it."""
        self.chapters += 1
        self.kills.update(told["kills"])
        self.messages += told["messages"]
        self.turns += told["turns"]
        self.resumed += told["resumed"]
        self.undecidable += told["undecidable"]
        self.faults.update(told["counts"])

    @property
    def struck(self) -> int:
        return sum(self.kills.values())

    @property
    def clean(self) -> bool:
        return not any(self.faults.values())

    def lines(self) -> Iterator[str]:
        rows = [
            ("seed", self.seed),
            ("surfaces", " ".join(self.surfaces)),
            *((f"killed: {kind}", self.kills[kind]) for kind in KILLS),
            ("kills", self.struck),
            ("messages", self.messages),
            ("turns", self.turns),
            ("told of an interruption", self.resumed),
            *((name.replace("_", " "), n) for name, n in self.faults.items()),
            ("undecidable sends", self.undecidable),
            ("seconds", round(self.lasted_s)),
            ("seconds a kill", round(self.lasted_s / max(1, self.struck), 2)),
        ]
        return (f"{name:26} {value}" for name, value in rows)

    def write(self) -> None:
        OUT.parent.mkdir(exist_ok=True)
        found = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": platform.machine(),
            "python": platform.python_version(),
            **vars(self),
        }
        OUT.write_text(json.dumps(found, indent=2) + "\n")


def summary(chapter: Chapter) -> dict[str, Any]:
    return {
        "kills": dict(chapter.kills),
        "messages": len(chapter.evidence.said),
        "turns": chapter.turns,
        "resumed": chapter.evidence.resumed,
        "undecidable": chapter.verdict.undecidable,
        "counts": chapter.verdict.counts,
        "faults": chapter.verdict.faults,
        "lasted_s": round(chapter.lasted_s, 1),
    }


def keep(chapter: Chapter, folder: Path, command: str) -> None:
    """All there is to find a fault by, beside the store and the log."""
    evidence = {**asdict(chapter.evidence), "heard": sorted(chapter.evidence.heard)}
    told = {"again": command, **summary(chapter), "evidence": evidence}
    (folder / "evidence.json").write_text(json.dumps(told, indent=2) + "\n")
