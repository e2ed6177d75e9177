# What the agent does, one line each, and what it asks before it does it.

step-run = Run { $what }
step-edit = Edit { $what }
step-write = Write { $what }
step-read = Read { $what }
step-search = Search for { $what }
step-find = Find { $what }
step-fetch = Fetch { $what }
step-search-web = Search the web for { $what }
step-delegate = Delegate: { $what }
step-send = Send { $what }
step-ask = Ask you
step-plan = Propose a plan
step-plan-steps = Plan the steps
step-answer = Hand in the answer
step-use = { $tool }
step-use-on = { $tool }: { $what }

ask-run = Run a command?
ask-edit = Edit a file?
ask-write = Write a file?
ask-read = Read a file?
ask-fetch = Fetch a web page?
ask-question = Answer a question?
ask-use = Use { $tool }?

# Refused without asking anybody.
step-refused-planning = { $tool } was refused: plan mode changes nothing.

# The agent itself, beside its turns.
session-silent =
    { $seconds ->
        [one] The agent was started and said nothing for { $seconds } second.
       *[other] The agent was started and said nothing for { $seconds } seconds.
    }
session-not-started = The agent did not start: { $words }
session-over = The agent is not running any more.
session-no-answer =
    { $seconds ->
        [one] The agent did not answer within { $seconds } second.
       *[other] The agent did not answer within { $seconds } seconds.
    }
session-refused = The agent refused: { $words }
session-not-understood = The agent answered in a way that Parley does not understand.
