# Files that people send, and strangers who may not send any.
file-too-big =
    { $name } is { $megabytes ->
        [0] too big
       *[other] { $megabytes } MB
    }; { $source ->
        [telegram] Telegram lets bots fetch at most { $limit } MB
        [slack] I fetch at most { $limit } MB
        [request] a request may bring at most { $limit } MB
       *[web] a file may have at most { $limit } MB
    }. Put it into the project folder yourself, or send it in parts.
file-no-room = { $name } was not saved: the files of this conversation take up { $used } of { $limit } MB, and I delete none of them by myself. Make room in { $folder } and send it again.
file-not-fetched = { $name } could not be fetched.
file-not-fetched-because = { $name } could not be fetched: { $reason }.
file-not-fetched-from =
    { $name } could not be fetched from { $source ->
        [telegram] Telegram
        [slack] Slack
        [request] the request
       *[web] the web page
    }.
file-not-fetched-now =
    { $name } could not be fetched from { $source ->
        [telegram] Telegram
        [slack] Slack
        [request] the request
       *[web] the web page
    } just now. Please send it again.

stranger-hint = This bot is private. Its owner can let you in: your id is { $id }.
