# The chat page.

# Around the conversation.
web-new = New conversation
web-unnamed = New conversation
web-conversations = Conversations
web-older = Older conversations
web-demo = Demo
web-no-agent = No agent
web-theme = Change the colours
web-language = Language
web-show-list = Show the list
web-close-list = Close the list
web-conversation = Conversation
web-earlier = Earlier
web-newest = Newest messages
web-missing-title = No such conversation
web-missing = It was deleted, or there never was one of this number.
web-branch = branch { $name }
web-needs-a-look = { $platform } needs a look
web-connect = Connect { $platform }
web-begun = This conversation has begun.
web-deleted = This conversation was deleted.

# Where one writes.
web-write = Write a message
web-message = Message
web-add-files = Add files
web-files-to-send = Files to send
web-drop = Drop files here
web-send = Send
web-stop = Stop
web-keys = Enter sends · Shift + Enter for a new line · / for commands
web-works-in = Works in
web-own-folder = a folder of its own
web-commands = Commands

# Search, and deleting.
web-find = Search and commands (Ctrl K)
web-search = Search
web-search-in = Search in all conversations
web-found = Found
web-close = Close
web-delete = Delete this conversation
web-delete-title = Delete this conversation?
web-delete-means = Its history goes, and the folder that is its own. A project’s files stay.
web-delete-yes = Delete
web-keep = Keep it

# How a conversation or a turn is doing.
web-doing-queued = Queued
web-doing-running = Working
web-doing-waiting = Waiting for you
web-status-queued = Queued
web-status-running = Working
web-status-waiting = Waiting for your decision
web-status-done = Done
web-status-failed = Failed
web-status-cancelled = Stopped
web-thinking = Thinking
web-asks = The agent asks: { $title }
web-sends = The agent sends { $name }
web-you = You
web-asked-what = { $name }: { $words }
web-files = Files
web-download = Download { $name }
web-open = Open { $name }
web-all-of-it = 📄 All of it, as a file

# Steps of the agent.
web-step-running = running
web-step-stopped = stopped
web-step-done = done
web-step-failed = failed
web-steps-failed =
    { $number ->
        [one] { $number } failed
       *[other] { $number } failed
    }

# Code and lists in what the agent says.
web-copy = Copy
web-ticked = done
web-not-ticked = to do

# Cards.
web-everything = Everything there is to know
web-choose = Choose one or more
web-own-words = In your own words
web-answer = Answer
web-with-words = { $label } with a reason
web-choose-done = Done

# To clients of other makers.
web-answer-at = Answer it at { $where }
web-file-at = { $name } can be fetched at { $where }

# The first page.
web-welcome = What shall we do?
web-welcome-about = Write to your coding agent as to a colleague at the keyboard. It works on your machine, shows each step, and asks before it does what you may not want.
web-idea-folder = What is in this folder?
web-idea-test = Find the slowest test and say why it is slow
web-idea-script = Write a script that renames photos by their date
web-demo-about =
    This is a **demo agent**: it shows what Parley does, and does no work. It knows a few words, those above among them.

    { $why } Start Parley again to get the real one.
web-nobody = No coding agent was found. Install Claude Code, log in, and start Parley again.

# The way in.
web-enter-welcome = Welcome
web-enter-signed-in = You are signed in.
web-enter-on = Go on
web-enter-moment = One moment.
web-enter-stranger = You are not signed in
web-enter-spent = This link does not work any more
web-enter-how = Open the link that Parley printed. { web-enter-new-link }
web-enter-once = A link works once, for 15 minutes. { web-enter-new-link }
web-enter-new-link = To get a new link, run `parley link` on the machine that Parley runs on, or start Parley again: it prints one.

# Why a request goes no further.
web-refused-stranger = Come in by the link that Parley printed when it started, or send your token as “Authorization: Bearer …”.
web-refused-slow = The rest of the request did not come in time.
web-refused-long = This is too long: { $megabytes } MB at most.
web-refused-host = Parley does not go by this name here.
web-refused-origin = This was sent by a page of another site.
web-refused-kind = Send JSON, or files as multipart/form-data.
web-refused = This did not work

# What the scripts of the page say. Words in braces are put in by them.
web-js-copy = { web-copy }
web-js-copied = Copied
web-js-offline = You are offline. Waiting for the network.
web-js-lost = The connection is lost. Reconnecting…
web-js-signed-out = You are signed out. Run “parley link” on the machine and open the new link.
web-js-error = Error { $status }
web-js-sending = Sending…
web-js-not-sent = Not sent: { $why }
web-js-again = Try again
web-js-take-back = Take back
web-js-upload = Upload of { $name }
web-js-remove = Remove { $name }
web-js-connection = The connection was lost.
web-js-removed = Removed.
web-js-not-uploaded = It could not be uploaded.
web-js-not-searched = The search did not work just now.
web-js-nothing-found = Nothing found.
web-js-not-loaded = They could not be loaded just now.
web-js-seconds = { $seconds } s
web-js-minutes = { $minutes } m { $seconds } s
web-js-hours = { $hours } h { $minutes } m
