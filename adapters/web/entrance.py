"""The address of the one-time link: for who makes one, and for who answers it.

Apart from the answer, since `parley link` needs no web server.
"""

from adapters.web.doorman import Doorman

PATH = "/enter"


def link(doorman: Doorman, url: str) -> str:
    """A new one; *url* is where the server answers, as "http://127.0.0.1:8642"."""
    return f"{url}{PATH}?code={doorman.new_code()}"
