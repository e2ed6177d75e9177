# What only Telegram has to say.
telegram-sent-again = (sent again: Telegram did not confirm the first)
telegram-topic-gone = (shown here because its topic is gone)
telegram-choose-several = Choose one or more.
telegram-own-words = Or answer in your own words.
telegram-not-shown =
    { $number ->
        [one] ✂️ { $number } more character not shown
       *[other] ✂️ { $number } more characters not shown
    }
telegram-cut = 📄 All of it is in { $file } below.
telegram-file = 📎 { $name }
telegram-file-refused = 📎 { $name } could not be sent: Telegram did not accept it.
telegram-file-too-big = 📎 { $name } is { $megabytes } MB: Telegram lets bots send at most { $limit } MB.
telegram-unreadable =
    Telegram does not let bots read this ({ $kind ->
        [game] game
        [gift] gift
        [giveaway] giveaway
        [giveaway_winners] giveaway winners
        [invoice] invoice
        [paid_media] paid media
        [story] story
       *[unique_gift] unique gift
    }), so I cannot.
telegram-unknown-kind = I cannot read this kind of message. Please send it as text or a file.
