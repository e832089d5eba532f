"""Stand-ins on this machine for servers of others: each answers what it is told to, and keeps what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """`answer` is sent to whoever asks, with `status`; `asked` are the requests so far."""

    url: str = ""
    status: int = 200
    answer: Any = None
    asked: list[Asked] = field(default_factory=list)
    hold: threading.Event | None = None


@contextmanager
def standing_in(answer: Any = None) -> Iterator[StandIn]:
    """A server for the length of the block."""
    stand_in = StandIn(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand_in.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            if stand_in.hold:
                stand_in.hold.wait(10)
            sent = stand_in.answer if isinstance(stand_in.answer, bytes) else json.dumps(stand_in.answer).encode()
            self.send_response(stand_in.status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: Any) -> None:
            """Whoever asked may have hung up; the tests look at what was asked, not at this."""

    server = Server(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
