"""Alice, who talks to a kit's bot over the sandbox's control API, and plays it tricks.

Usage: alice.py ADDRESS [FAULT ...]
"""

import json
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ADDRESS = sys.argv[1].rstrip("/") + "/sandbox/v1"


def call(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(ADDRESS + path, data, {"Content-Type": "application/json"}), timeout=60) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        sys.exit(f"FAILED alice: {path}: {refusal.read().decode()}")


def until(what, found):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found():
            return
        time.sleep(0.1)
    sys.exit(f"FAILED alice: waited for {what} for a minute")


def ask(path, expect, **body):
    """Does something as Alice, and gives the answer to it that has the expected text in it."""
    replies = call(path, {"as": "alice", "wait": "20s", **body})["replies"]
    for reply in replies:
        if expect in reply["message"]:
            return reply
    sys.exit(f"FAILED alice: {path} {body}: no {expect!r} in {replies}")


def strike(kind):
    """Lets the pod forget the bot's session or its datafeed, and waits until the bot's next read has found out."""
    call("/faults", {"kind": kind, "path": "readDatafeed", "count": 1})
    call("/say", {"as": "alice", "text": "knock knock"})  # ends the read that is waiting
    until(f"the fault {kind}", lambda: not call("/faults"))
    until("a datafeed", lambda: call("/feeds")["feeds"])


until("a datafeed", lambda: call("/feeds")["feeds"])
call("/say", {"as": "alice", "text": "good morning"})
ask("/say", "pong", text="@Roombot /ping")
form = ask("/say", "<form", text="/colour")
alice = next(p["id"] for p in call("/people")["people"] if p["username"] == "alice")
values = {"name": "Teal", "dark": "yes"}
if "person-selector" in form["message"]:
    values["people"] = [alice]
ask("/act", "You like Teal", messageId=form["messageId"], formId="colour", action="pick", values=values)
until("all but the farewell", lambda: ">missing: good-night<" in ask("/say", "missing:", text="/missing")["message"])
for kind in sys.argv[2:]:
    strike(kind)
    ask("/say", "pong", text="@Roombot /ping")
    print(f"ok alice-after-{kind}", flush=True)
call("/say", {"as": "alice", "text": "good night"})
print("ok alice", flush=True)
