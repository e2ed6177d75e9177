# What only Slack says.

# Behind the mention of somebody: "@Ada asked:", "@Ada, this waits for you."
slack-asked = {" "}asked:
slack-waits = , this waits for you.

slack-cut-message = 📄 All of it is in { $file } below.
slack-cut-question = ✂️ The whole is in the file below.
slack-goes-on = goes on below
# Behind the name of the bot.
slack-is-working = is working…

slack-answer-here = Or answer in your own words, in this thread.
slack-own-words = ✏️ In my own words…
slack-with-reason = { $label } with reason…
slack-choose-several = Choose one or more.

# Forms: titles and buttons of at most 24 characters.
slack-form-words = Your words
slack-form-answer = Your answer
slack-form-task = New task
slack-form-what = What should be done?
slack-form-send = Send
slack-form-cancel = Cancel
slack-form-too-late = That took me too long. Please press it again.

slack-outside = I only answer members of this workspace, in channels that are not shared with other organisations.
slack-unsure = Slack could not tell me who you are just now. Please try again.
slack-unreadable = I cannot read this kind of message. Please send it as text or a file.

# What begins with a post of ours.
slack-fresh = New conversation: write in this thread.
slack-begun = I cannot write in this channel, so I began in our direct message. To have me here, type `/invite @{ $bot }` and ask again.
slack-answered = I am not in this channel; the answer is in our direct message.
slack-refused = I could not begin, Slack does not let me: { $reason }.
slack-in-thread = That is about one conversation. Write `!{ $command }` in its thread.
slack-from = From { $place }: { $prompt }
slack-private-channel = a private channel
slack-direct-message = a direct message

# Files that people send.
slack-nameless = A file
slack-file-external = { $name } is not kept by Slack, so I cannot fetch it. Send it as a file.
slack-file-deleted = { $name } was deleted before I could fetch it.
slack-file-hidden = { $name } is hidden by this workspace's limit, so I cannot fetch it.
slack-file-denied = { $name } is not shown to me by Slack. Share it in this conversation.

# Files that people get.
slack-file-refused = 📎 { $name } could not be sent: Slack did not accept it.
slack-file-not-shown = 📎 { $name } is here on the machine, but Slack did not take it.
