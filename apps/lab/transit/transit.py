"""
The transit network of the lab, in user space: it makes the namespaces, holds a tun device for each
interface in them, and carries every packet between them, with the delay, loss, copies, disorder and
route flips that it is told to. It also starts the programs that live there. All goes with it.

    python3 transit.py PLAN.json

The plan: {"socket", "wire", "wireBytesMax", "lifeSec", "seed", "anycast", "firewalled", "sites",
"places": [{"name", "ip": [lines of ip -batch], "ways": [{"device", "networks": [...]}]}]}
"""

import heapq
import ipaddress
import json
import os
import select
import signal
import subprocess
import sys
import time

from control import Doorway
from links import Links
from packets import Packet, is_ipv4
from routes import Routes, checked_rule
from world import Place

PACKETS_MAX = 100_000
STOP_SEC = 1.5


class Transit:
    def __init__(self, plan):
        self.plan = plan
        self.links = Links(plan["seed"])
        self.routes = Routes(plan["sites"])
        self.places = {}
        self.ends = {}
        self.networks = []
        for place in plan["places"]:
            self.open_place(place)
        self.anycast = plan["anycast"]
        self.firewalled = ipaddress.ip_network(plan["firewalled"])
        self.behind = {}
        self.queue = []
        self.order = 0
        self.counts = {}
        self.programs = {}
        self.started = time.monotonic()
        self.running = True
        self.poll = select.epoll()
        self.doorway = Doorway(plan["socket"], self.obey)
        self.wire = open(plan["wire"], "ab", buffering=1 << 16)
        for tun in self.ends:
            self.poll.register(tun, select.EPOLLIN)
        self.poll.register(self.doorway.listener, select.EPOLLIN)

    def open_place(self, plan):
        place = Place(plan["name"], [way["device"] for way in plan["ways"]], plan["ip"])
        self.places[plan["name"]] = place
        for way in plan["ways"]:
            tun = place.tuns[way["device"]]
            self.ends[tun] = plan["name"]
            for network in way["networks"]:
                self.networks.append((ipaddress.ip_network(network), plan["name"], tun))

    def run(self):
        while self.running and time.monotonic() - self.started < self.plan["lifeSec"]:
            for handle, what in self.poll.poll(self.patience()):
                if handle in self.ends:
                    self.read(handle)
                elif handle == self.doorway.listener.fileno():
                    self.admit()
                else:
                    self.serve(handle, what)
            self.deliver()
        self.stop_all()
        self.wire.close()
        self.doorway.close()

    def patience(self):
        if not self.queue:
            return 0.5
        return max(0.0, min(0.5, self.queue[0][0] - time.monotonic()))

    def read(self, tun):
        for _ in range(64):
            try:
                raw = os.read(tun, 65536)
            except BlockingIOError:
                return
            if is_ipv4(raw):
                self.carry(Packet(raw), self.ends[tun])

    def carry(self, packet, source):
        if self.is_stopped_by_firewall(packet):
            self.log(packet, source, "-", "firewall")
        elif packet.target == self.anycast:
            for site, late in self.routes.ways(packet):
                self.send(packet, source, f"site{site}", self.plan["outer"][str(site)], late)
        else:
            self.send(packet, source, *self.way_to(packet.target), 0)

    def is_stopped_by_firewall(self, packet):
        """A firewall that knows A alone stands before some callers."""
        return self.anycast not in (packet.source, packet.target) and (
            self.is_behind(packet.source) or self.is_behind(packet.target))

    def is_behind(self, address):
        known = self.behind.get(address)
        if known is None:
            if len(self.behind) >= PACKETS_MAX:
                self.behind.clear()
            known = self.behind[address] = ipaddress.ip_address(address) in self.firewalled
        return known

    def way_to(self, target):
        address = ipaddress.ip_address(target)
        for network, name, tun in self.networks:
            if address in network:
                return name, tun
        return "-", None

    def send(self, packet, source, target, tun, late):
        tun = self.ends_of(target, tun)
        fates = [] if tun is None else self.links.fates(source, target)
        if not fates or len(self.queue) >= PACKETS_MAX:
            self.log(packet, source, target, "lost" if tun is not None else "no way")
            return
        for after in fates:
            self.order += 1
            due = time.monotonic() + (after + late) / 1000
            heapq.heappush(self.queue, (due, self.order, tun, packet, source, target))

    def ends_of(self, target, device):
        return self.places[target].tuns[device] if isinstance(device, str) else device

    def deliver(self):
        now = time.monotonic()
        while self.queue and self.queue[0][0] <= now:
            _, _, tun, packet, source, target = heapq.heappop(self.queue)
            try:
                os.write(tun, packet.raw)
                self.log(packet, source, target, "arrived")
            except OSError:
                self.log(packet, source, target, "lost")

    def log(self, packet, source, target, fate):
        way = f"{source}>{target}"
        count = self.counts.setdefault(way, {})
        count[fate] = count.get(fate, 0) + 1
        at = round((time.monotonic() - self.started) * 1000, 1)
        told = {"at": at, "source": source, "target": target, "fate": fate, **packet.told()}
        line = json.dumps(told).encode() + b"\n"
        if self.wire.tell() < self.plan["wireBytesMax"]:
            self.wire.write(line)
        self.doorway.tell_watchers(line)

    def admit(self):
        visitor = self.doorway.admit()
        if visitor is not None:
            self.poll.register(visitor.connection, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)

    def serve(self, handle, what):
        visitor = self.doorway.visitors.get(handle)
        if visitor is None:
            return
        is_there = True
        if what & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            is_there = self.doorway.hear(visitor)
        if what & select.EPOLLOUT:
            self.doorway.flush(visitor)
        if not is_there:
            self.poll.unregister(visitor.connection)
            self.doorway.dismiss(visitor)

    def obey(self, order):
        return getattr(self, f"do_{order['do']}", self.do_nothing)(order)

    def do_nothing(self, order):
        raise ValueError(f"{order['do']} is no order")

    def do_route(self, order):
        self.routes.follow(order.get("who"), checked_rule(order["rule"], self.plan["sites"]))

    def do_link(self, order):
        self.links.set(*order["between"], order["setting"])

    def do_state(self, _):
        self.wire.flush()
        places = {name: place.handle for name, place in self.places.items()}
        programs = {name: {"pid": child.pid, "code": child.poll()}
                    for name, child in self.programs.items()}
        return {"pid": os.getpid(), "places": places, "programs": programs, "ways": self.counts,
                "atMs": round((time.monotonic() - self.started) * 1000, 1)}

    def do_start(self, order):
        name = order["name"]
        if name in self.programs and self.programs[name].poll() is None:
            raise ValueError(f"{name} is running")
        self.programs[name] = self.places[order["place"]].start(order)
        return {"pid": self.programs[name].pid}

    def do_signal(self, order):
        self.programs[order["name"]].send_signal(getattr(signal, order["signal"]))

    def stop_all(self):
        """Programs may say goodbye; what does not go by itself is ended."""
        for child in self.programs.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SEC
        for child in self.programs.values():
            try:
                child.terminate()
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    transit = Transit(plan)

    def end(_number, _frame):
        transit.running = False

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    transit.run()


main()
