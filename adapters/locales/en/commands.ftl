# The menu of commands: one line each.
command-stop = Stop the work, and drop what waits
command-new = Start a new conversation [in a project]
command-status = What is going on
command-queue = What waits, and take something out
command-sessions = Earlier sessions of this project
command-resume = Go on with an earlier session
command-fork = Go on in a copy of this session
command-project = Work in another project
command-model = Choose the model
command-mode = Ask first, accept edits, or only plan
command-effort = How hard the model thinks
command-compact = Sum up the conversation to make room
command-context = How full the agent’s memory is
command-cost = What this has cost
command-diff = What has changed since the last turn began
command-undo = Take back the agent’s last edits
command-worktree = Work on a branch of its own
command-link = Show this conversation on another platform, too
command-rules = What is always allowed here
command-language = Choose your language
command-log = What this session has done
command-debug = Keep the raw lines, to look for faults
command-help = What I can do

help-intro =
    Write to me as you would to a colleague at the keyboard: I pass it to the coding agent on the machine I run on and show you what it does. Photos, files and voice messages reach it too. When it needs your permission or has a question, press a button or simply write. A message while it works is queued; you can slip it in, let it replace what runs, or cancel it.
help-slack = Each thread is a conversation: begin one with the slash command, a mention or a direct message, and just write in it.
help-agent = The agent’s own commands: { $names }

order-unknown = I do not know { $command }. { $help } lists what I can do.
order-failed = That did not work: something went wrong inside Parley.
order-carried-out = Done. (Parley was restarted before it could tell you how it went.)
order-busy = Something is running or waiting. Stop it first, or wait until it is done.
order-nothing-runs = Nothing is running.
order-not-waiting = That does not wait any more.
order-default = default
order-on = On
order-off = Off
order-queue-empty = Nothing waits.
order-queue-title = { $count ->
    [one] One message waits
   *[other] { $count } messages wait
  }
order-cancel = ✖ { $words }

order-new = A new conversation: nothing before this is known.
order-new-project = A new conversation, in the project { $name }.
order-no-project = There is no project { $name }. There are: { $known }.
order-no-project-now = none
order-project-title = Project: { $name }
order-same-project = This conversation works in { $name } already.
order-no-sessions = There are no other sessions in this project.
order-sessions-title = Which session?
order-session = { $hours ->
    [0] just now
    [one] one hour ago
   *[other] { $hours } hours ago
  } · { $prompts ->
    [one] one message
   *[other] { $prompts } messages
  }
order-no-session = There is no session { $id } in this project.
order-session-taken = “{ $title }” is open in another conversation
order-fork-it = Go on in a copy
order-resumed = We go on with “{ $title }”.
order-nothing-to-fork = There is nothing to copy yet.
order-forked = We go on in a copy; the session as it was can be resumed.

order-model-title = Model: { $model }
order-model = The model is { $model } from now on.
order-mode-title = Mode: { $mode }
order-mode = Mode: { $mode }, from now on.
order-no-mode = There is no mode { $name }. There are: { $known }.
order-no-bypass = The operator does not allow this in { $project } (allow_bypass).
order-mode-not-yours = Whoever decides on permissions here has to choose “{ $mode }”.
mode-default = Ask first
mode-default-means = Edits and commands need your permission
mode-acceptEdits = Accept edits
mode-acceptEdits-means = Files are changed without asking, commands ask
mode-plan = Plan only
mode-plan-means = Looks and proposes; changes nothing
mode-dontAsk = Do not ask
mode-dontAsk-means = What needs permission is refused
mode-bypassPermissions = No permissions
mode-bypassPermissions-means = Everything is done without asking
order-effort-title = Effort: { $effort }
order-effort = Effort: { $effort }, from the next turn on.
order-no-effort = There is no effort { $name }. There are: { $known }.

order-context = The agent’s memory: { $used } of { $limit } tokens ({ $percent } %)
order-debug-title = Raw lines are { $state ->
    [on] kept
   *[off] not kept
  }
order-debug-means = Everything said between Parley and the agent is kept in a file on this machine, with secrets taken out: to look for faults.
order-debug-on = From the next turn on, raw lines are kept in `{ $path }`.
order-debug-off = Raw lines are not kept any more. What was kept is in `{ $path }`.
order-language-title = Which language?
order-language = From now on I speak English to you.
order-revoked = Not always allowed any more: `{ $rule }`

order-link-code = On the other platform, in the conversation where you want to see this one, write `/link { $code }` (in Slack `!link { $code }`). It works once, within ten minutes.
order-link-wrong = That code is wrong, used, or too old. Ask for another with `link` in the conversation you want to see here.
order-link-same = This is that conversation.
order-link-several = This conversation is shown at several places: first take it away from here with `link off`.
order-link-home = This conversation was begun here: take it away from the other places instead.
order-linked = From now on you see the conversation from { $place } here, too. `link off` takes it away.
order-unlinked = From now on this is a conversation of its own.

order-diff = { $files ->
    [one] One file
   *[other] { $files } files
  } changed: +{ $insertions } −{ $deletions }
order-diff-none = Nothing has changed.
order-diff-unknown = I do not know how things were before: no turn has run here yet, or the folder is too large to remember.
order-undo-title = Take back these edits?
order-undo-means = +{ $insertions } −{ $deletions } lines. What commands did is not taken back.
order-undo-yes = { $files ->
    [one] Take it back
   *[other] Take back { $files } files
  }
order-undo-no = Leave it
order-undo-none = There are no edits of this session to take back.
order-undo-failed = It could not be taken back: { $why }
order-undone = { $files ->
    [one] One file is
   *[other] { $files } files are
  } as before. I tell the agent with your next message.

order-worktree-title = On the branch { $branch }
order-worktree-state = { $ahead ->
    [one] One commit
   *[other] { $ahead } commits
  } ahead, { $behind } behind, { $changed ->
    [one] one file
   *[other] { $changed } files
  } not committed.
order-worktree-diff = Show the changes
order-worktree-diff-means = All that was done on this branch
order-worktree-merge = Merge
order-worktree-merge-means = Commit, merge into the project’s branch, and go back there
order-worktree-keep = Keep the branch
order-worktree-keep-means = Commit, keep the branch for you, and go back to the project
order-worktree-remove = Remove
order-worktree-remove-means = Only if nothing would be lost
order-worktree-made = From now on I work in a folder of its own, on the branch `{ $branch }`. What we said is remembered.
order-worktree-left-out = { $count ->
    [one] One file with changes that are in no commit stays
   *[other] { $count } files with changes that are in no commit stay
  } in the project’s folder.
order-worktree-submodules = The project’s submodules are empty there.
order-worktree-merged = Merged into `{ $branch }`. I work in the project’s folder again.
order-worktree-kept = All of it is on the branch `{ $branch }`. I work in the project’s folder again.
order-worktree-removed = The branch `{ $branch }` is gone. I work in the project’s folder again.
order-worktree-in-one = This conversation works on the branch `{ $branch }` already: merge it, keep it or remove it first.
order-worktree-in-none = This conversation works in the project’s own folder. `worktree NAME` makes a branch of its own.
order-worktree-no-project = This conversation has a folder of its own already.
order-worktree-used = `{ $branch }` ({ $project }): in use
order-worktree-leftover = `{ $branch }` ({ $project }): { $safe ->
    [1] left over, nothing would be lost
   *[0] left over, with work that is nowhere else
  }
order-worktree-list-none = There are no worktrees.
order-worktree-pruned = { $count ->
    [0] There was nothing to clear away.
    [one] One left-over worktree is cleared away.
   *[other] { $count } left-over worktrees are cleared away.
  }

status-working = { $agent } has been working for { $time }.
status-ready = { $agent } is ready.
status-resting = { $agent } is resting (the next message starts it).
status-waiting = waiting: { $count }
status-folder = folder: `{ $path }`
status-branch = branch: `{ $branch }`
status-settings = model: { $model } · mode: { $mode } · effort: { $effort }
status-usage = its processes: { $cpu } % CPU · { $memory } MB · { $processes } processes · { $threads } threads · { $files } open files
status-agents = agents up: { $up } of { $limit }
status-today = today: { $turns ->
    [one] one turn
   *[other] { $turns } turns
  }, { $cost }
status-unreadable = { $count ->
    [one] One message
   *[other] { $count } messages
  } could not be read and are kept aside; `parley doctor` lists them
health-starting = starting
health-ok = ok
health-degraded = degraded
health-down = down

cost-here = this conversation: { $cost }
cost-today = today, everybody: { $cost }

log-turns = { $turns ->
    [one] One turn
   *[other] { $turns } turns
  }, { $time } of work
log-tokens = { $tokens } tokens, { $cost }
log-troubles = { $errors ->
    [one] one error
   *[other] { $errors } errors
  }, { $warnings ->
    [one] one warning
   *[other] { $warnings } warnings
  }
log-tool = { $name }: { $times }×{ $failed ->
    [0] {""}
   *[other] , { $failed } failed
  }
