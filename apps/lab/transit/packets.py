"""Reads IPv4 packets as far as the lab needs them: addresses, ports, fragments, and the SIP in them."""

import re
import struct

UDP, TCP, ICMP = 17, 6, 1
METHOD = re.compile(rb"([A-Z]{3,12}) (?:sips?|tel|urn):")
STATUS = re.compile(rb"SIP/2\.0 (\d{3}) ")
SHORT = {"i": "call-id", "f": "from", "t": "to", "v": "via", "m": "contact"}
KEPT = ("call-id", "from", "to", "via", "contact", "cseq", "reason")


class Packet:
    """One packet as it came off a link."""

    __slots__ = ("raw", "source", "target", "protocol", "source_port", "target_port", "payload",
                 "fragment", "offset", "flags", "sip")

    def __init__(self, raw):
        first, total, ident, fragment, _, protocol = struct.unpack_from("!BxHHHBB", raw)
        head = (first & 15) * 4
        self.raw = raw
        self.source = dotted(raw, 12)
        self.target = dotted(raw, 16)
        self.protocol = protocol
        self.offset = (fragment & 0x1FFF) * 8
        more = bool(fragment & 0x2000)
        self.fragment = (self.source, self.target, ident) if more or self.offset else None
        self.source_port = self.target_port = self.flags = 0
        self.payload = b""
        if self.offset == 0 and protocol == UDP and total >= head + 8:
            self.source_port, self.target_port = struct.unpack_from("!HH", raw, head)
            self.payload = raw[head + 8:total]
        elif self.offset == 0 and protocol == TCP and total >= head + 20:
            self.source_port, self.target_port = struct.unpack_from("!HH", raw, head)
            self.flags = raw[head + 13]
            self.payload = raw[head + (raw[head + 12] >> 4) * 4:total]
        self.sip = sip_of(self.payload) if self.payload else None

    @property
    def kind(self):
        """What a script calls it: a method, `response`, `SYN`, `fragment` or `other`."""
        if self.sip is not None:
            return self.sip.get("method", "response")
        if self.protocol == TCP and self.flags & 2:
            return "SYN"
        return "fragment" if self.offset else "other"

    def told(self):
        """What the log of the wire says of it."""
        line = {
            "from": f"{self.source}:{self.source_port}",
            "to": f"{self.target}:{self.target_port}",
            "transport": {UDP: "udp", TCP: "tcp", ICMP: "icmp"}.get(self.protocol, "other"),
            "bytes": len(self.raw),
        }
        if self.fragment is not None:
            line["fragment"] = self.offset
        if self.protocol == TCP:
            line["flags"] = "".join(
                name for bit, name in ((2, "S"), (4, "R"), (1, "F")) if self.flags & bit)
        if self.sip is not None:
            line["sip"] = self.sip
        return line


def is_ipv4(raw):
    return len(raw) >= 20 and raw[0] >> 4 == 4


def dotted(raw, at):
    return f"{raw[at]}.{raw[at + 1]}.{raw[at + 2]}.{raw[at + 3]}"


def sip_of(payload):
    """The parts of a SIP message that the log names; None for anything else."""
    found = METHOD.match(payload)
    if found is not None:
        sip = {"method": found[1].decode()}
    else:
        found = STATUS.match(payload)
        if found is None:
            return None
        sip = {"status": int(found[1])}
    lines = payload.split(b"\r\n\r\n", 1)[0].decode("latin1").split("\r\n")
    sip["line"] = lines[0][:200]
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        name = SHORT.get(name, name)
        # Of several Via the top one counts; the others are somebody else's.
        if colon and name in KEPT and name not in sip:
            sip[name] = value.strip()[:300]
    return sip
