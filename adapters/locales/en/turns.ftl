# How turns and questions stand, and what they took.
turn-thinking = ⏳ Thinking…
turn-thinking-again = 💭 Thinking
turn-working = ⏳ Working
turn-working-for = ⏳ { $time }
turn-waiting = 🔐 Waiting for your decision
turn-queued = 📥 Queued
turn-queued-at = 📥 Queued — { $place }
turn-place = { $ordinal } in line
turn-done = Done
turn-all-done = ✅ Done
turn-failed = ⚠️ Failed
turn-stopped = ⏹ Stopped
turn-went-wrong = Something went wrong.
turn-asked-by = { $name }: { $words }
turn-step = A step
turn-step-cut = cut off; whether it took effect is not known
turn-getting-long = ✂️ This is getting long: all of it comes as { $file } once it is done.

outcome-withdrawn = No longer needed
outcome-refused = Refused
outcome-decided = Decided

# Times, sums and counts.
duration-seconds = { $seconds } s
duration-minutes =
    { $seconds ->
        [0] { $minutes } m
       *[other] { $minutes } m { $seconds } s
    }
duration-hours =
    { $minutes ->
        [0] { $hours } h
       *[other] { $hours } h { $minutes } m
    }
money = ${ NUMBER($dollars, minimumFractionDigits: 2, maximumFractionDigits: 2) }
money-hardly-any = <$0.01
# $form is the plural category of ordinals in this language, by CLDR.
ordinal =
    { $form ->
        [one] { $number }st
        [two] { $number }nd
        [few] { $number }rd
       *[other] { $number }th
    }
count-step =
    { $number ->
        [one] { $number } step
       *[other] { $number } steps
    }
count-earlier-step =
    { $number ->
        [one] { $number } earlier step
       *[other] { $number } earlier steps
    }
count-token =
    { $number ->
        [one] { $number } token
       *[other] { $number } tokens
    }
