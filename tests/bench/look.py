"""`python -m tests.bench.look URL PID`: how a bridge is from outside, until stdin ends.

Few imports: it is to be there when the flood begins.
"""

import http.client
import json
import select
import sys
import time
from urllib.parse import urlsplit

import psutil

LOOK_S = 0.02
MB = 2**20


def resident(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss / MB)


def look(url: str, pid: int) -> dict[str, list[float]]:
    """Milliseconds of each request, and megabytes at the same moments."""
    place = urlsplit(url)
    assert place.hostname
    seen: dict[str, list[float]] = {"ms": [], "mb": []}
    while True:
        begun = time.monotonic()
        connection = http.client.HTTPConnection(place.hostname, place.port)
        connection.request("GET", "/livez")
        assert connection.getresponse().status == http.HTTPStatus.OK
        connection.close()
        seen["ms"].append((time.monotonic() - begun) * 1000)
        seen["mb"].append(resident(pid))
        if select.select([sys.stdin], [], [], LOOK_S)[0]:
            return seen


if __name__ == "__main__":
    print("looking", flush=True)
    print(json.dumps(look(sys.argv[1], int(sys.argv[2]))))
