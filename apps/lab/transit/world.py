"""Network namespaces of this process alone, tun devices in them, and programs that run there."""

import ctypes
import fcntl
import os
import struct
import subprocess

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000


def checked(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


class Place:
    """
    A namespace: nothing but an open file of this process holds it, so it goes when this does. Its
    devices lead into the router.
    """

    def __init__(self, name, devices, lines):
        self.name = name
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        checked(LIBC.unshare(CLONE_NEWNET), "unshare")
        try:
            self.handle = os.open("/proc/self/ns/net", os.O_RDONLY)
            self.tuns = {device: open_tun(device) for device in devices}
            # What does not exist here stays quiet on the wire.
            write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1")
            write("/proc/sys/net/ipv4/conf/all/rp_filter", "0")
            write("/proc/sys/net/ipv4/conf/default/rp_filter", "0")
            batch = "\n".join(["link set lo up", *lines, ""])
            subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
        finally:
            checked(LIBC.setns(home, CLONE_NEWNET), "setns")
            os.close(home)

    def start(self, program):
        """Starts a program in here that ends when this process does."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        checked(LIBC.setns(self.handle, CLONE_NEWNET), "setns")
        try:
            with open(program["log"], "ab") as log:
                return subprocess.Popen(
                    ["setpriv", "--pdeathsig", "KILL", "--", *program["argv"]],
                    cwd=program["cwd"], env={**os.environ, **program.get("env", {})},
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        finally:
            checked(LIBC.setns(home, CLONE_NEWNET), "setns")
            os.close(home)


def write(path, text):
    if os.path.exists(path):
        with open(path, "w", encoding="ascii") as file:
            file.write(text)


def open_tun(name):
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return tun
