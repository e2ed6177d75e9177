"""The sandbox around an agent: bubblewrap, under which it sees little but its work.

Writable: the workspace, its repository if it is a worktree, the agent's records of this
folder, its login, and a `/tmp` and a home that go with the process. Readable: the
system's programs, what people sent, the settings of the agent and of git. Everything
else is not there: other folders and processes, keys, Parley's own files. The network is
shared, the loopback of this machine included: the agent cannot work without.

Rule: nothing the agent can write decides what it sees next time.
"""

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from runner import session_file
from runner.base import SessionSpec
from runner.errors import AgentUnsuitable

PROGRAM = "bwrap"
#: How it begins what it says if it cannot do it.
COMPLAINT = "bwrap: "
ALONE = (
    *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
    *("--unshare-cgroup-try", "--die-with-parent", "--new-session"),
)
#: On most systems links into /usr.
PROGRAMS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")
#: What programs look up, and no file that holds a secret.
LOOKED_UP = (
    *("passwd", "group", "nsswitch.conf", "hosts", "host.conf", "resolv.conf"),
    *("services", "protocols", "gai.conf", "localtime", "timezone", "locale.conf"),
    *("ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls/certs"),
    *("pki/ca-trust", "crypto-policies", "ld.so.cache", "ld.so.conf", "ld.so.conf.d"),
    *("alternatives", "os-release", "debian_version", "mime.types", "magic"),
    *("profile", "profile.d", "bash.bashrc", "inputrc", "terminfo", "gitconfig"),
    *("fonts", "java-17-openjdk", "java-21-openjdk", "python3", "perl"),
)
#: In the home folder.
GIT_SETTINGS = (".gitconfig", ".config/git/config", ".config/git/ignore")
#: In the agent's own folder: how it works, and nothing of other sessions.
SETTINGS = (
    *("settings.json", "CLAUDE.md", "agents", "commands", "hooks", "output-styles"),
    *("plugins", "rules", "skills"),
)
LOGIN = ".credentials.json"
#: By session.
KEPT = ("file-history", "tasks")
CERTIFICATES = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"),
)
#: Where they lead is not there.
UNSET = ("TMPDIR", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR")


class Mount(NamedTuple):
    at: Path
    option: str
    source: Path | None = None  # None: it needs none

    @property
    def words(self) -> list[str]:
        source = [] if self.source is None else [str(self.source)]
        return [*self.option.split(), *source, str(self.at)]


def wrapped(
    command: Sequence[str],
    spec: SessionSpec,
    env: Mapping[str, str],
    *,
    state: Path,
    elsewhere: Path | None = None,
) -> list[str]:
    """*command* in the sandbox that *spec* asks for, or as it is if it asks for none.

    *state* is Parley's own folder. *elsewhere*: a record under another workspace that
    the session goes on from. Raises `AgentUnsuitable`.
    """
    if spec.sandbox is None:
        return list(command)
    program = shutil.which(PROGRAM) if sys.platform == "linux" else None
    if program is None:
        raise AgentUnsuitable("agent-sandbox-missing")
    home = Path(env["HOME"]) if env.get("HOME") else Path.home()
    workspace = spec.workspace.resolve()
    secret = [path.resolve() for path in (state, *spec.sandbox.hidden)]
    agents = session_file.agent_folder(env)
    _see_that_it_is_narrow(workspace, (*secret, home.resolve(), agents.resolve()))
    size = f"--size {spec.limits.memory_bytes} " if spec.limits.memory_bytes else ""
    private = f"{size}--perms 0700 --tmpfs"
    seen = [
        *_system(),
        Mount(Path("/tmp"), private),  # noqa: S108 - one of its own
        Mount(home, private),
        *(Mount(home / name, "--ro-bind-try", home / name) for name in GIT_SETTINGS),
        *_program(Path(command[0]), env),
        *(_readable(Path(env[name])) for name in CERTIFICATES if env.get(name)),
        *_records(spec, env, agents, private, elsewhere),
        *_repository(workspace),
        *(_readable(folder) for folder in spec.readable),
        Mount(workspace, "--bind", workspace),
    ]
    # Deeper ones lie upon others.
    mounts = sorted(
        [*seen, *_masks(seen, secret)], key=lambda mount: len(mount.at.parts)
    )
    return [
        *(program, *ALONE, "--proc", "/proc", "--dev", "/dev"),
        *(word for mount in mounts for word in mount.words),
        *("--remount-ro", "/"),
        *(word for name in UNSET if name in env for word in ("--unsetenv", name)),
        *("--chdir", str(workspace), "--", *command),
    ]


def _see_that_it_is_narrow(workspace: Path, outside: Iterable[Path]) -> None:
    for path in outside:
        if path.is_relative_to(workspace):
            raise AgentUnsuitable(
                "agent-sandbox-too-wide", folder=str(workspace), other=str(path)
            )


def _system() -> Iterator[Mount]:
    yield _readable(Path("/usr"))
    for path in map(Path, PROGRAMS):
        if path.is_symlink():
            yield Mount(path, "--symlink", path.readlink())
        else:
            yield _readable(path)
    for name in LOOKED_UP:
        yield _readable(Path("/etc") / name)


def _readable(path: Path) -> Mount:
    return Mount(path, "--ro-bind-try", path)


def _program(program: Path, env: Mapping[str, str]) -> Iterator[Mount]:
    """The agent's own: a file, or a script with its interpreter and its modules."""
    yield Mount(program, "--ro-bind", program)
    real = program.resolve()
    with real.open("rb") as file:
        first = file.readline(128)
    if not first.startswith(b"#!"):
        return
    interpreter = shutil.which(first.decode().split()[-1], path=env.get("PATH", ""))
    for each in (real, Path(interpreter or real)):
        modules = [p for p in each.resolve().parents if p.name == "node_modules"]
        yield _readable(modules[-1] if modules else each.resolve())
        yield _readable(each)


def _records(
    spec: SessionSpec,
    env: Mapping[str, str],
    agents: Path,
    private: str,
    elsewhere: Path | None,
) -> Iterator[Mount]:
    """What the agent keeps of this folder's sessions and of this session's files."""
    yield Mount(agents, private)
    for name in SETTINGS:
        yield _readable(agents / name)
    yield Mount(agents / LOGIN, "--bind-try", agents / LOGIN)
    folder = session_file.folder_of(spec.workspace.resolve(), env)
    if folder is None:
        raise AgentUnsuitable(
            "agent-sandbox-long-path", folder=str(spec.workspace.resolve())
        )
    own = [folder, *(agents / kept / spec.session_id for kept in KEPT)]
    for path in own:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield Mount(path, "--bind", path)
    if spec.fork_of:
        for kept in KEPT:
            yield _readable(agents / kept / spec.fork_of)
    if elsewhere is not None and not elsewhere.is_symlink():
        way = "--ro-bind" if spec.fork_of and not spec.begun else "--bind"
        yield Mount(elsewhere, way, elsewhere)


def _repository(workspace: Path) -> Iterator[Mount]:
    """Of a worktree: the repository, but for what git would run outside.

    The agent can rewrite the file that names it, so the repository has to name the
    worktree as well; inside the workspace there is nothing to add.
    """
    try:
        named = (workspace / ".git").read_text().removeprefix("gitdir:").strip()
        note = (workspace / named).resolve()
        back = Path((note / "gitdir").read_text().strip()).resolve()
    except (OSError, UnicodeDecodeError):
        return  # a repository of its own, or none
    common = note.parent.parent
    if note.parent.name != "worktrees" or back != workspace / ".git":
        return
    if common.is_relative_to(workspace):
        return
    yield Mount(common, "--bind", common)
    yield _readable(common / "hooks")
    yield _readable(common / "config")


def _masks(seen: Sequence[Mount], secret: Iterable[Path]) -> Iterator[Mount]:
    """Over what must not be seen and lies in something that is."""
    for path in secret:
        shown = any(
            mount.source is not None and path.is_relative_to(mount.at) for mount in seen
        )
        if shown and path.is_dir():
            yield Mount(path, "--tmpfs")
        elif shown and path.exists():
            yield Mount(path, "--ro-bind", Path("/dev/null"))
