# Git: what is wrong, and what to do about it.
work-git-missing = Git is not installed on the machine Parley runs on. Install it, then try again.
work-git-old = This needs git { $needed } or newer; the machine Parley runs on has { $found }.
work-not-repository = This folder is not in a git repository. Run `git init` there first.
work-bare = This is a bare repository: it has no files to work on. Use a clone of it.
work-no-folder = The folder { $folder } does not exist.
work-dubious = Git does not trust this folder because it belongs to another user. On the machine Parley runs on, add it with `git config --global --add safe.directory`.
work-disk-full = The disk is full. Make room, then try again.
work-locked = Another git process is using this repository. Try again in a moment.
work-forbidden = Parley is not allowed to read or write some files there. Check their owner and permissions.
work-slow = Git took longer than { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
  } and was stopped.
work-failed = Git reported a problem: { $detail }

# Snapshots: what changed since a turn began.
work-too-many-files = More than { $limit } files would have to be read here, so changes are not tracked. List what does not matter in .gitignore.
work-too-many-bytes = More than { $limit } MB would have to be read here, so changes are not tracked. List what does not matter in .gitignore.
work-snapshot-gone = What the files looked like back then is no longer known.

# Worktrees.
work-gone = The worktree { $name } is gone: its folder was removed or changed from outside.
work-name-taken = There are too many worktrees called { $name }. Choose another name.
work-branch-in-way = There is a branch called “{ $branch }”, so no branches can be made below that name. Rename it, then try again.
work-no-commits = This repository has no commits yet. Make the first one, then try again.
work-no-base = There is no commit or branch called “{ $base }”.
work-unfinished = A merge or rebase is unfinished in the worktree. Finish or abort it first.
work-nested = There are repositories of their own inside the worktree ({ $folders }), which a branch cannot hold. Move them out first.
work-main-gone = The repository this worktree belongs to is gone: { $folder } does not exist.
work-main-detached = The main folder has no branch checked out, so there is nothing to merge into. Check one out first, or hand the branch over.
work-main-unfinished = A merge or rebase is unfinished in the main folder (branch { $branch }). Finish or abort it first.
work-main-dirty = { $count ->
    [one] A file in the main folder has changes that are not committed: { $files }.
   *[other] { $count } files in the main folder have changes that are not committed: { $files }.
  } Commit or stash them first; nothing was merged into { $branch }.
work-main-in-way = Files in the main folder that git does not track would be overwritten: { $files }. Move them away first; nothing was merged.
work-conflicts = { $count ->
    [one] This file was changed on both sides: { $files }.
   *[other] These { $count } files were changed on both sides: { $files }.
  } Nothing was merged; { $branch } is as it was.
work-would-lose = The worktree { $name } was not removed, because work would be lost: { $commits ->
    [0] { $changed ->
        [0] an unfinished merge or rebase.
        [one] a change that is in no commit ({ $files }).
       *[other] changes to { $changed } files that are in no commit ({ $files }).
      }
    [one] a commit that is on no other branch{ $changed ->
        [0] .
       *[other] , and changes that are in no commit ({ $files }).
      }
   *[other] { $commits } commits that are on no other branch{ $changed ->
        [0] .
       *[other] , and changes that are in no commit ({ $files }).
      }
  } Merge it, or hand it over as a branch.

# Files the agent sends.
work-file-no-path = No file was named.
work-file-missing = There is no file { $path }.
work-file-outside = { $path } was not sent: only files in the workspace, or in the folder of this conversation's files, can be sent.
work-file-private = { $path } was not sent: it is one of Parley's own files.
work-file-not-regular = { $path } was not sent: it is not an ordinary file.
work-file-folder = { $path } was not sent: it is a folder. Pack it into an archive first.
work-file-forbidden = { $path } was not sent: it cannot be read.
work-file-empty = { $name } was not sent: it is empty.
work-file-too-big = { $name } was not sent: it is { $size } MB, and at most { $limit } MB can be sent.
work-file-not-kept = { $name } was not sent: { $detail }.

# Voice messages.
work-voice-none = The voice message was kept as a file, but cannot be turned into words yet. Whoever runs Parley can set up a transcriber under [voice] in config.toml.
work-voice-not-found = The voice message was kept as a file. The transcriber could not be started: “{ $command }” was not found.
work-voice-slow = The voice message was kept as a file. The transcriber took longer than { $seconds ->
    [one] one second
   *[other] { $seconds } seconds
  } and was stopped.
work-voice-failed = The voice message was kept as a file. The transcriber failed: { $detail }
work-voice-unreachable = The voice message was kept as a file. The transcription service cannot be reached.
work-voice-refused = The voice message was kept as a file. The transcription service refused the key it was given.
work-voice-busy = The voice message was kept as a file. The transcription service is busy; send the message again in a minute.
work-voice-too-big = The voice message was kept as a file. It is too long for the transcription service.
work-voice-silent = The voice message was kept as a file. No words were heard in it.
