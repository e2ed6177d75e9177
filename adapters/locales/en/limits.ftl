# Limits, budgets, watchdogs, and what went wrong.

# Times. $day is 0 if it is today.
limits-month =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
limits-at =
    { $day ->
        [0] at { $time }
       *[other] on { $day } { limits-month } at { $time }
    }
limits-span =
    { $unit ->
        [s] { $amount } s
       *[min] { $amount } min
    }
limits-usd-spent = ${ NUMBER($spent, minimumFractionDigits: 2, maximumFractionDigits: 2) }
limits-usd-limit = ${ NUMBER($limit, minimumFractionDigits: 2, maximumFractionDigits: 2) }

# Why a turn failed, and what to do about it.
limits-cause-login = The agent is not logged in, or its login was refused. On the machine it runs on, start claude and type /login; then send this again.
limits-cause-credit = The account is out of credit. Add some, then send this again.
limits-cause-rate-limit = A usage limit is reached. Send this again later.
limits-cause-rate-limit-until = A usage limit is reached. It ends { limits-at }.
limits-cause-overloaded = The model’s service is overloaded. Send this again in a few minutes.
limits-cause-network = The agent could not reach the model’s service. Check the connection of the machine it runs on, then send this again.
limits-cause-context-full = This conversation has become too long for the model. Sum it up, or start a new one.
limits-cause-output-full = The answer became longer than the model may write at once. Ask it to go on, in smaller pieces.
limits-cause-attachment = A file or picture in this conversation is too large for the model. Start a new conversation with a smaller one.
limits-cause-model = The chosen model is not available to this account. Choose another one.
limits-cause-request = The model’s service refused this request. Put it differently, or start a new conversation.
limits-cause-billing-policy = Stopped before it cost anything: the agent would have billed another account than this Parley is configured for.
limits-cause-crash = The agent’s process ended in the middle of the work. Send this again.
limits-cause-start = The agent could not be started.
limits-cause-unknown = The agent reported a failure. Send this again, or put it differently.
limits-refusal = The model declined to answer this. Put it differently, or start a new conversation.

# Which limit ended a turn.
limits-met-turns = Stopped: it took as many steps as one message may. Tell it to go on if it should.
limits-met-cost = Stopped: it cost as much as one message may. Tell it to go on if it should.
limits-met-time = Stopped: it worked as long as one message may take. Tell it to go on if it should.
limits-met-budget = Stopped: the budget is used up.
limits-met-process =
    { $detail ->
        [memory] Stopped: the agent, or what it started, needed more memory than it may.
        [cpu] Stopped: the agent used more processor time than it may.
       *[other] Stopped: the agent needed more than it may.
    }
limits-reached-time = Stopped: it worked for { limits-span }, as long as one message may take. Tell it to go on if it should.
limits-reached-cost = Stopped: { limits-usd-spent } of the { limits-usd-limit } that one message may cost. Tell it to go on if it should.

# What a person can do about it.
limits-offer-retry = 🔁 Try again
limits-offer-compact = 🗜 Sum it up
limits-offer-new = ✨ Start a new one
limits-offer-model = 🧠 Choose a model
limits-offer-go-on = ▶️ Go on
limits-offer-recap = 📜 Begin with a summary
limits-operator = ⚠️ { $agent } needs you: { $words }

# Usage limits.
limits-parked = ⏸ The usage limit is reached. What you send waits, and goes on by itself { limits-at }.
limits-continues = Usage limit: continues { limits-at }

# Budgets.
limits-budget-person =
    { $period ->
        [day] Your budget is used up: { limits-usd-spent } of { limits-usd-limit } today.
       *[month] Your budget is used up: { limits-usd-spent } of { limits-usd-limit } this month.
    } There is more { limits-at }.
limits-budget-project =
    { $period ->
        [day] The budget of { $project } is used up: { limits-usd-spent } of { limits-usd-limit } today.
       *[month] The budget of { $project } is used up: { limits-usd-spent } of { limits-usd-limit } this month.
    } There is more { limits-at }.
limits-spent = Today: { limits-usd-spent }
limits-spent-person =
    { $period ->
        [day] Today: { limits-usd-spent } of your { limits-usd-limit }
       *[month] This month: { limits-usd-spent } of your { limits-usd-limit }
    }
limits-spent-project =
    { $period ->
        [day] { $project }, today: { limits-usd-spent } of { limits-usd-limit }
       *[month] { $project }, this month: { limits-usd-spent } of { limits-usd-limit }
    }

# Rate of messages.
limits-too-fast =
    { $messages ->
        [one] That was too fast: one message a minute is allowed. This one was not taken, and no other that comes too soon; send it again in { limits-span }.
       *[other] That was too fast: { $messages } messages a minute are allowed. This one was not taken, and no other that comes too soon; send it again in { limits-span }.
    }

# Watchdogs.
limits-watch-silent-start = The agent has not said anything for { limits-span } since it got this.
limits-watch-silent-stream = The agent has been silent for { limits-span }.
limits-watch-long-tool = This step has been running for { limits-span }.
limits-watch-no-end = The agent gave its answer { limits-span } ago, but has not finished.

# Agents and seats.
limits-no-memory = The machine is short of memory; this waits until there is more.

# The machine.
limits-store-waits = ⚠️ Parley cannot write to its disk. What you send waits and nothing is lost; it goes on by itself once whoever runs Parley has seen to the disk.
limits-store-well = ✅ Parley could not write to its disk for a while. It can again, and everything goes on.
