"""A line between one phone and the server: it counts every byte, can be switched off, and can be cut at a given byte."""

import socket
import threading

UP, DOWN = "up", "down"


class Line:
    """Listens on a port of its own and forwards to the server. Bytes are TCP payload, HTTP and tokens included."""

    def __init__(self, server_port):
        self.server_port = server_port
        self.bytes = {UP: 0, DOWN: 0}
        self.cuts = 0
        self._cut_at = {}
        self._lock = threading.Lock()
        self._pairs = set()
        self._online = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def off(self):
        """No network: connections end, new ones are closed at once."""
        with self._lock:
            self._online = False
            pairs = list(self._pairs)
        for pair in pairs:
            close(pair)

    def on(self):
        """The network is back."""
        with self._lock:
            self._online = True

    def cut_after(self, direction, count):
        """Lets `count` more bytes through in `direction`, then ends the connection that carries them; once."""
        with self._lock:
            self._cut_at[direction] = self.bytes[direction] + count

    def _accept(self):
        while True:
            phone, _ = self._listener.accept()
            with self._lock:
                online = self._online
            if not online:
                reset(phone)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.server_port))
            except OSError:
                reset(phone)
                continue
            pair = (phone, server)
            with self._lock:
                self._pairs.add(pair)
            for source, sink, direction in ((phone, server, UP), (server, phone, DOWN)):
                threading.Thread(target=self._forward, args=(source, sink, direction, pair), daemon=True).start()

    def _forward(self, source, sink, direction, pair):
        try:
            while chunk := source.recv(16384):
                allowed, cut = self._allow(direction, len(chunk))
                sink.sendall(chunk[:allowed])
                if cut:
                    break
        except OSError:
            pass  # The other side has gone: so does this one.
        finally:
            with self._lock:
                self._pairs.discard(pair)
            close(pair)

    def _allow(self, direction, size):
        """How many of the next bytes pass, and whether the line is cut behind them. Counts them."""
        with self._lock:
            end = self._cut_at.get(direction)
            cut = end is not None and self.bytes[direction] + size >= end
            allowed = end - self.bytes[direction] if cut else size
            if cut:
                del self._cut_at[direction]
                self.cuts += 1
            self.bytes[direction] += allowed
            return allowed, cut


def reset(connection):
    """Ends a connection as a lost network does: at once, without a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    connection.close()


def close(pair):
    """Ends both halves, and wakes whoever reads from them."""
    for connection in pair:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It has ended by itself.
        connection.close()
