"""`make bench`: every number this project holds itself to, measured on the real path.

The whole program runs as a process of its own, with the real `claude` where an agent is
needed; only the platforms and the model are fakes, on the loopback. What the agent's
command line needs by itself is measured in the same run, turn about, so that a noisy
moment meets both. Prints one table, writes `build/bench.json`; asserts nothing.

    python -m tests.bench                 every part, about ten minutes
    python -m tests.bench memory acks     only these
"""
