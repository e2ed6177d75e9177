"""What an agent's process gets to know of our environment. Pure: an allow-list."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from runner.errors import AgentUnsuitable

Billing: TypeAlias = Literal["subscription", "api_key"]

ALLOWED = frozenset(
    [
        "HOME",
        "PATH",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TERM",
        "SSH_AUTH_SOCK",
        "CLAUDE_CONFIG_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "all_proxy",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
    ]
)
ALLOWED_PREFIXES = ("LC_", "XDG_")
#: Which credential bills what. The CLI prefers a key over a login, silently.
CREDENTIALS: dict[Billing, tuple[str, ...]] = {
    "subscription": ("CLAUDE_CODE_OAUTH_TOKEN",),
    "api_key": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
}
#: Found by a later run in what an earlier, killed one left behind.
MARK = "_PARLEY_AGENT_OF"
ALWAYS = {
    "DISABLE_AUTOUPDATER": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    # A turn is on disk when its result is read: recovery depends on it.
    "CLAUDE_CODE_EAGER_FLUSH": "1",
    "CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS": "1",
    # What it did to files can be taken back (`Session.rewind`).
    "CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING": "true",
}


def child_environment(
    environ: Mapping[str, str],
    extra: Mapping[str, str],
    *,
    billing: Billing,
    mark: str,
) -> dict[str, str]:
    """The whole environment of the agent. Raises `AgentUnsuitable` if two bill."""
    offered = {**environ, **extra}
    found = {
        kind: [name for name in names if offered.get(name)]
        for kind, names in CREDENTIALS.items()
    }
    if found["subscription"] and found["api_key"]:
        raise AgentUnsuitable(
            "agent-two-credentials",
            one=found["subscription"][0],
            other=found["api_key"][0],
            billing=billing,
        )
    if billing == "api_key" and not found["api_key"]:
        raise AgentUnsuitable("agent-no-key")
    credentials = {name for names in CREDENTIALS.values() for name in names}
    inherited = {
        name: value
        for name, value in environ.items()
        if name in ALLOWED or name.startswith(ALLOWED_PREFIXES)
    }
    added = {name: value for name, value in extra.items() if name not in credentials}
    paying = {name: offered[name] for name in found[billing]}
    return {**inherited, **added, **paying, **ALWAYS, MARK: mark}
