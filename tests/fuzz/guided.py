"""`python -m tests.fuzz.guided TARGET SECONDS FOLDER`: with atheris, until the end."""

import importlib
import sys
from pathlib import Path
from typing import Any

OURS = ["adapters", "bot", "runner"]


def main(name: str, seconds: float, kept: Path) -> None:
    """Does not return."""
    atheris: Any = importlib.import_module("atheris")  # no dependency of ours
    with atheris.instrument_imports(include=OURS):
        targets = importlib.import_module("tests.fuzz.targets")
    target = targets.TARGETS[name]
    corpus = kept / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [f"-max_total_time={max(1, round(seconds))}", "-max_len=20000"]
    kept_as = f"-artifact_prefix={kept}/"
    atheris.Setup([sys.argv[0], *options, kept_as, str(corpus)], target.attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
