"""The program: takes what people say to agents, and shows what agents do.

adapter ─ Inbound ─▶ Dispatcher ─▶ Conversation ─ prompt ─▶ Session (a CLI)
   ▲                                  │      ▲                  │
   └──── TurnView ◀─── Screens ◀──────┘      └─── RunnerEvent ──┘

A conversation takes its mail in order and owns its state; `Turn` folds events into
the view; the store's ledger knows at every moment what a crash must not lose.
"""
