"""Runs a command as an ordinary user's process is, also where the tests are root's.

    python -m tests.security.powerless command...

Root may look into any process. Without its capabilities it may look into its own only,
as anybody: what is closed to those is closed to us.
"""

import ctypes
import os
import sys

PR_CAPBSET_DROP = 24
CAPABILITIES = range(64)


def main() -> None:
    prctl = ctypes.CDLL(None).prctl
    for capability in CAPABILITIES:
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that there are not: no
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
