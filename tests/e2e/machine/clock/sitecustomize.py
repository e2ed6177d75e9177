"""The program's wall clock, off by as many seconds as the file says that SHIFT names.

Python runs this at its start, where PYTHONPATH leads here: so nobody has the true one.
"""

import os
import time

_true = time.time
_file = os.environ["SHIFT"]


def _shifted() -> float:
    with open(_file) as file:  # noqa: PTH123 - it runs before anything is imported
        return _true() + float(file.read())


time.time = _shifted
