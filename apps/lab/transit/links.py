"""What a way between two places does to a packet: delay, loss, copies, disorder, or a cut."""

import random

PLAIN = {"delayMs": 0, "jitterMs": 0, "loss": 0, "copies": 0, "disorder": 0, "cut": False}
DISORDER_MS = 30


class Links:
    """Each direction draws from a seed of its own, so the n-th packet of it meets the same fate."""

    def __init__(self, seed):
        self.seed = seed
        self.settings = {}
        self.dice = {}

    def set(self, one, other, setting):
        unknown = set(setting) - set(PLAIN)
        if unknown:
            raise ValueError(f"a link has no {', '.join(sorted(unknown))}")
        for way in ((one, other), (other, one)):
            self.settings[way] = {**self.settings.get(way, PLAIN), **setting}

    def fates(self, source, target):
        """The milliseconds after which each copy arrives; none is a loss."""
        setting = self.settings.get((source, target), PLAIN)
        if setting["cut"]:
            return []
        way = f"{source}>{target}"
        dice = self.dice.setdefault(way, random.Random(f"{self.seed} {way}"))
        # Drawn always, so that what one link suffers does not depend on its other settings.
        lost, copied, late = dice.random(), dice.random(), dice.random()
        jitter = dice.random() * setting["jitterMs"]
        if lost < setting["loss"]:
            return []
        after = setting["delayMs"] + jitter
        if late < setting["disorder"]:
            after += DISORDER_MS
        return [after, after + 1] if copied < setting["copies"] else [after]
