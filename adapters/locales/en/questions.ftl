# Cards that ask a person, and what became of them.

# Buttons of a permission.
questions-once = ✅ Allow once
questions-session = ♻️ Allow for this session
questions-session-edits = ♻️ Allow edits for this session
questions-turn = ♻️ Allow for this turn
questions-turn-edits = ♻️ Allow edits for this turn
questions-always = 📌 Always: { $rule }
questions-deny = ❌ Deny
# What a reason for Deny is asked by.
questions-why = Why?
questions-cut = *Only the beginning of { $length } characters is shown here.*

# Why it is asked although it may have been allowed before.
questions-wary = *This message brings words or files from elsewhere, so nothing is allowed beforehand.*

# Who decides, where whoever asked may not. $names is a list.
questions-only-approvers = An approver decides this: { $names }.
questions-only-admins = An admin decides this: { $names }.
questions-not-yours-asker = Only { $names } can decide this.
questions-not-yours-approvers = Only an approver can decide this: { $names }.
questions-not-yours-admins = Only an admin can decide this: { $names }.

# A plan.
questions-plan-title = Go ahead with this plan?
questions-approve = ✅ Approve
questions-approve-edits = ✅ Approve and accept edits
questions-feedback = ✏️ Give feedback
questions-drop = ✖ Stop planning
questions-write-feedback = Write what should be different. The agent hears it word for word and changes the plan.

# The agent's own questions.
questions-a-question = A question
questions-nth = { $title } ({ $nth } of { $of })
questions-skip = 🚫 Don’t answer
questions-none = none of these

# A turn that was given up.
questions-retry-title = Try this once more?
questions-retry-body = { $attempts ->
    [one] The agent was interrupted once while it worked on this.
   *[other] The agent was interrupted { $attempts } times while it worked on this.
} Perhaps the work itself is what ends it.
questions-again = 🔁 Try again
questions-leave = Leave it

# A turn that seems stuck; what was seen of it is said below.
questions-watch-title = Keep waiting?
questions-wait = ⏳ Keep waiting
questions-end = ⏹ Stop
questions-redo = 🔁 Stop and try again

# Menus.
questions-more = More… ({ $page } of { $pages })
questions-other = ✏️ Something else…
questions-write-other = Write it as your next message.

# How a card was decided.
questions-did-once = Allowed once by { $who }
questions-did-session = Allowed for this session by { $who }
questions-did-turn = Allowed for this turn by { $who }
questions-did-always = Always allowed by { $who }: { $rule }
questions-did-wider = { questions-did-always }
questions-did-deny = Denied by { $who }
questions-did-approve = Approved by { $who }
questions-did-edits = Approved by { $who }, edits accepted
questions-did-feedback = Feedback from { $who }
questions-did-drop = Planning stopped by { $who }
questions-did-skip = Not answered by { $who }
questions-did-again = Trying again, as { $who } asked
questions-did-leave = Left as it is by { $who }
questions-did-wait = { $who } keeps waiting
questions-did-end = Stopped by { $who }
questions-did-redo = Stopped and tried again, as { $who } asked
# How it was decided, and what was said with it.
questions-with-words = { $outcome }: { $words }
questions-answered = { $who }: { $words }

# Why nobody needs to decide any more.
questions-why-over = No longer needed
questions-why-restarted = Parley restarted; the agent asks again if it still needs this
questions-why-replaced = Asked again below

# Rules: what is always allowed in a project.
questions-rules = Always allowed in **{ $project }**:
questions-rules-line = { $rule } — { $name }, { $day }
questions-rules-none = Nothing is always allowed in **{ $project }**. “Always” on a permission adds a rule.
questions-rules-nowhere = This conversation belongs to no project, so nothing is always allowed here.
questions-rules-title = What is always allowed
questions-rules-revoke = 🗑 Revoke { $rule }
