"""Knows who may come in: by a link that works once, a cookie it gave out, a token.

Rule: what proves anything is compared in constant time and never written to a log.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LINK_S = 15 * 60.0
COOKIE_S = 90 * 24 * 3600


def secrets_kept(state: Path) -> list[str]:
    """Those that an earlier run made there, to be kept out of logs from the start."""
    files = (state / "web.token", state / "web.secret")
    return [file.read_text().strip() for file in files if os.access(file, os.R_OK)]


class Doorman:
    """Keeps what it must remember in the folder *state*, readable by the owner alone.

    *token* is the one of the configuration; "" stands for one that is made and kept.
    """

    def __init__(
        self, state: Path, *, token: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        # Perhaps the first to come: `parents` would leave it open for all to look into.
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._links = state / "web.links"
        self._links.mkdir(mode=0o700, exist_ok=True)
        self._clock = clock
        self._secret = _kept_secret(state / "web.secret").encode()
        self.token = token or _kept_secret(state / "web.token")
        # Cookies do not know ports: two Parleys of one machine must not share a name.
        self.cookie_name = f"parley_{self._sign('name')[:8]}"

    @property
    def secrets(self) -> tuple[str, str]:
        """What must never be logged or shown."""
        return self.token, self._secret.decode()

    def new_code(self) -> str:
        """A code for `/enter?code=…`. Any process may make one for a running server."""
        now = self._clock()
        for file in self._links.glob("[!.]*"):  # the rest are drafts
            if _expiry(file) < now:
                file.unlink(missing_ok=True)
        code = secrets.token_urlsafe(24)
        _write_new(self._file(code), str(now + LINK_S))
        return code

    def redeem(self, code: str) -> bool:
        """Whether the code is good. It is not any more, after a restart either."""
        file = self._file(code)
        expiry = _expiry(file)
        try:
            file.unlink()  # only one of several who try succeeds
        except FileNotFoundError:
            return False
        return self._clock() < expiry

    def new_cookie(self) -> str:
        stem = f"{int(self._clock())}.{secrets.token_urlsafe(12)}"
        return f"{stem}.{self._sign(stem)}"

    def knows_cookie(self, cookie: str) -> bool:
        stem, _, signature = cookie.rpartition(".")
        if not _same(signature, self._sign(stem)):
            return False
        return self._clock() < int(stem.partition(".")[0]) + COOKIE_S

    def knows_token(self, token: str) -> bool:
        return _same(token, self.token)

    def _sign(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    def _file(self, code: str) -> Path:
        # By its hash: who can list the folder cannot use what is in it.
        return self._links / hashlib.sha256(code.encode()).hexdigest()


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())


def _expiry(link: Path) -> float:
    """Epoch seconds; 0 if there is no such link."""
    try:
        return float(link.read_text())
    except (FileNotFoundError, ValueError):
        return 0.0


def _kept_secret(file: Path) -> str:
    """What *file* holds; made when it is missing, and the same for all who look."""
    if not file.exists():
        with suppress(FileExistsError):
            _write_new(file, secrets.token_urlsafe(32))
    file.chmod(0o600)
    return file.read_text().strip()


def _write_new(file: Path, text: str) -> None:
    """Whole or not at all. Raises `FileExistsError`."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(draft, file)
    finally:
        draft.unlink()
