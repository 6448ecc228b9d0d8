"""Which site a packet to A goes to: by default, and for callers that have a rule of their own."""

import random
import time
from collections import OrderedDict

CALLERS_MAX = 100_000
FRAGMENTS_MAX = 4096


def checked_rule(rule, sites):
    """The rule, if every site that it names exists."""
    steps = rule.get("script", [])
    copies = [copy for step in steps for copy in step.get("also", [])]
    named = [one["to"] for one in (rule, *steps, *copies) if "to" in one] + rule.get("cycle", []) + rule.get("among", [])
    for site in named:
        if not 1 <= site <= sites:
            raise ValueError(f"there is no site {site}")
    return rule


class Routes:
    """
    A rule is one of
      {"to": 2}                                    a route that stays
      {"each": "packet" | "message", "seed": 1}    drawn anew for each, "among": [1, 2] these;
                                                   "twice": that share comes to a second one, too
      {"cycle": [1, 2, 3]}                         packet by packet, in turn
      {"everyMs": 500, "seed": 1}                  drawn anew as time goes by
      {"script": [{"kind": "CANCEL", "nth": 1, "to": 2, "stays": true}], "to": 1}
    A step of a script is for the n-th packet of a kind, or for all of that kind. `stays`: from then
    on everything goes there. `also`: [{"to": 2, "afterMs": 20}] are copies to other sites.
    """

    def __init__(self, sites):
        self.sites = sites
        self.default = {"to": 1}
        self.rules = OrderedDict()
        self.fragments = OrderedDict()
        self.started = time.monotonic()

    def follow(self, who, rule):
        self.keep(who, rule, rule.get("seed", 0))

    def keep(self, who, rule, seed):
        if who is None:
            self.default = rule
            self.started = time.monotonic()
            return
        # The oldest caller falls back to the default; its call is long over.
        while len(self.rules) >= CALLERS_MAX:
            self.rules.popitem(last=False)
        self.rules[who] = {"rule": rule, "seen": {}, "packets": 0, "stays": None,
                           "dice": random.Random(f"{seed}")}

    def ways(self, packet):
        """The sites that get it, each with the milliseconds that it is late."""
        who = packet.source
        if who not in self.rules and self.default.keys() != {"to"}:
            self.keep(who, self.default, f"{self.default.get('seed', 0)} {who}")
        state = self.rules.get(who)
        if state is None:
            return [(self.default["to"], 0)]
        # Fragments follow the first one, unless the route is drawn for each packet.
        together = packet.fragment if state["rule"].get("each") != "packet" else None
        if together is not None and packet.offset > 0 and together in self.fragments:
            return self.fragments[together]
        ways = self.decide(packet, state)
        if together is not None:
            while len(self.fragments) >= FRAGMENTS_MAX:
                self.fragments.popitem(last=False)
            self.fragments[together] = ways
        return ways

    def decide(self, packet, state):
        rule, kind = state["rule"], packet.kind
        nth = state["seen"][kind] = state["seen"].get(kind, 0) + 1
        state["packets"] += 1
        if "script" in rule:
            return self.scripted(rule, state, kind, nth)
        if "cycle" in rule:
            cycle = rule["cycle"]
            return [(cycle[(state["packets"] - 1) % len(cycle)], 0)]
        if "each" in rule:
            among = rule.get("among") or range(1, self.sites + 1)
            ways = [(state["dice"].choice(among), 0)]
            if rule.get("twice", 0) > 0 and state["dice"].random() < rule["twice"]:
                ways.append((state["dice"].choice(among), 0))
            return ways
        if "everyMs" in rule:
            turn = int((time.monotonic() - self.started) * 1000 / rule["everyMs"])
            drawn = random.Random(f"{rule.get('seed', 0)} {turn}").randint(1, self.sites)
            return [(drawn, 0)]
        return [(rule["to"], 0)]

    def scripted(self, rule, state, kind, nth):
        for step in rule["script"]:
            if step["kind"] != kind or step.get("nth", nth) != nth:
                continue
            if step.get("stays"):
                state["stays"] = step["to"]
            late = [(copy["to"], copy.get("afterMs", 0)) for copy in step.get("also", [])]
            return [(step["to"], 0), *late]
        return [(state["stays"] or rule["to"], 0)]
