"""The doorway of the router: a Unix socket that takes a JSON object a line and answers one each."""

import json
import os
import socket

LINE_BYTES_MAX = 1 << 20
WAITING_BYTES_MAX = 64 << 20
VISITORS_MAX = 64


class Visitor:
    """Somebody at the doorway; who watches gets every packet of the wire as a line."""

    def __init__(self, connection):
        self.connection = connection
        self.heard = b""
        self.waiting = bytearray()
        self.watches = False


class Doorway:
    def __init__(self, path, orders):
        self.path = path
        self.orders = orders
        self.visitors = {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
        os.chmod(path, 0o600)
        self.listener.listen(16)
        self.listener.setblocking(False)

    def admit(self):
        connection, _ = self.listener.accept()
        if len(self.visitors) >= VISITORS_MAX:
            connection.close()
            return None
        connection.setblocking(False)
        visitor = Visitor(connection)
        self.visitors[connection.fileno()] = visitor
        return visitor

    def hear(self, visitor):
        """Answers whether the visitor is still there."""
        is_there = True
        while is_there and len(visitor.heard) < LINE_BYTES_MAX:
            try:
                piece = visitor.connection.recv(65536)
            except BlockingIOError:
                break
            except OSError:
                return False
            is_there = bool(piece)
            visitor.heard += piece
        *lines, visitor.heard = visitor.heard.split(b"\n")
        for line in lines:
            self.say(visitor, self.answer(visitor, line))
        return is_there and len(visitor.heard) < LINE_BYTES_MAX

    def answer(self, visitor, line):
        ident = 0
        try:
            order = json.loads(line)
            ident = order["id"]
            if order["do"] == "watch":
                visitor.watches = True
                return {"id": ident}
            return {"id": ident, **(self.orders(order) or {})}
        # Whatever is wrong with an order, the network goes on.
        except Exception as error:  # pylint: disable=broad-except
            return {"id": ident, "error": f"{type(error).__name__}: {error}"}

    def say(self, visitor, what):
        self.write(visitor, json.dumps(what).encode() + b"\n")

    def tell_watchers(self, line):
        for visitor in self.visitors.values():
            if visitor.watches:
                self.write(visitor, line)

    def write(self, visitor, line):
        # Who reads too slowly misses lines, and the router goes on.
        if len(visitor.waiting) < WAITING_BYTES_MAX:
            visitor.waiting += line
        self.flush(visitor)

    def flush(self, visitor):
        """Answers whether all of it is gone."""
        try:
            while visitor.waiting:
                sent = visitor.connection.send(memoryview(visitor.waiting)[:262144])
                del visitor.waiting[:sent]
        except BlockingIOError:
            return False
        except OSError:
            visitor.waiting.clear()
        return True

    def dismiss(self, visitor):
        self.visitors.pop(visitor.connection.fileno(), None)
        visitor.connection.close()

    def close(self):
        self.listener.close()
        os.unlink(self.path)
