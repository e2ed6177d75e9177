"""`make soak`: the whole program under steady work, and whether anything of it grows.

Three people, one each in Telegram, Slack and the web, take turns that answer, use
tools, are denied them, are edited and stopped. Every ten seconds the bridge is measured
from outside; in the end each series must be level, and the store must have grown by no
more than its turns explain.

    python -m tests.soak --minutes 30 [--rate 60] [--seed 1]
"""
