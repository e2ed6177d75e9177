# What keeps an agent from being started, and what to do about it.
agent-not-found =
    `{ $program }` is not on this machine. Install Claude Code with `curl -fsSL https://claude.ai/install.sh | bash` or `npm install -g @anthropic-ai/claude-code`, then start `claude` once and log in. If it is somewhere unusual, say where: [agents.claude] command.
agent-version-silent = `{ $program } --version` does not answer.
agent-version-fails =
    `{ $program } --version` fails. Install Claude Code anew with `curl -fsSL https://claude.ai/install.sh | bash` or `npm install -g @anthropic-ai/claude-code`. If it is somewhere unusual, say where: [agents.claude] command.
agent-too-old = Claude Code { $version } is too old; { $wanted } or newer is needed: `claude update`.
agent-two-credentials = Both { $one } and { $other } are set, and only one of them may pay. Unset the one that is not meant; [agents.claude] billing says "{ $billing }".
agent-no-key = [agents.claude] billing is "api_key", and ANTHROPIC_API_KEY is not set. Set it, or say billing = "subscription" and log in with `claude`.
agent-would-bill-key = The agent would bill an API key ({ $payer }), and [agents.claude] billing is "subscription". Take the key out of the agent's own settings (~/.claude/settings.json), or say billing = "api_key".
agent-not-logged-in = Claude Code is not logged in. On this machine start `claude` and type /login (or make a token with `claude setup-token` and set CLAUDE_CODE_OAUTH_TOKEN).
agent-not-started = The agent did not start: { $words }
agent-workspace-missing = The folder { $folder } does not exist. Make it, or correct the path of the project in the configuration.
agent-sandbox-missing = This project's agent works in a sandbox, and the program for it is not here: install `bubblewrap` (Linux only), or take [projects.…] sandbox out of the configuration. Without it nothing is started.
agent-sandbox-refused = The sandbox cannot be made on this machine: { $words }. Its kernel has to allow user namespaces (docs/security.md); or take [projects.…] sandbox out of the configuration.
agent-sandbox-leaks = The sandbox does not hold: { $folder } could be written from inside. Do not rely on it.
agent-sandbox-too-wide = { $folder } cannot be the workspace of a sandbox: { $other } lies in it. Choose a folder with nothing in it but the work.
agent-sandbox-long-path = The path of { $folder } is too long for a sandbox. Choose a shorter one.
agent-start-limit =
    { $limit ->
        [cpu] The agent used up its processor time before it had started. Raise the limit in the configuration.
        [file] The agent came upon the limit on the size of files before it had started. Raise the limit in the configuration, or begin a new session.
       *[memory] The agent needs more memory than it may use before it has even started. Raise the limit in the configuration.
    }
agent-session-gone = The agent has lost its memory of this conversation: its record is not on this machine any more.
agent-session-elsewhere = The agent can resume this session only in the folder where it was begun: { $folder }

# Notes while it works.
agent-compacting = Summing up the conversation to make room…
agent-compacted = The conversation so far was summed up.
agent-denied = { $tool } was refused by the rules.
agent-fallback = The model is busy; another one answers instead.
agent-fallback-to = The model is busy; { $model } answers instead.
agent-retry = The model's service does not answer; trying again.
agent-retry-in = The model's service does not answer; trying again in { $seconds } s (attempt { $attempt } of { $attempts }).
agent-limit-reached = The usage limit is reached.
agent-limit-overage = The usage limit is reached; from here on, extra usage is billed.
agent-limit-near =
    { $used ->
        [0] Close to the usage limit.
       *[other] Close to the usage limit ({ $used } % used).
    }
agent-words = { $words }
