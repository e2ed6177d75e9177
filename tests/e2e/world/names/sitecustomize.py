"""Python reads this first where this folder is on its path: names come from a file.

What the file named by TEST_HOSTS holds, one name a line, is this machine; any other
name but a number is not known, as where DNS is gone.
"""

import os
import re
import socket
from pathlib import Path
from typing import Any

_really = socket.getaddrinfo


def _look_up(host: Any, *args: Any, **options: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or re.fullmatch(r"[\d.:a-f]+", name):
        return _really(host, *args, **options)
    if name in Path(os.environ["TEST_HOSTS"]).read_text().split():
        return _really("127.0.0.1", *args, **options)
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


socket.getaddrinfo = _look_up
