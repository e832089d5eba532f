"""A FAL on this machine: its queue, its results and where its pictures are, each of which a test may have go wrong."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.connect.provider import Asked
from tests.pictures import drawn_face, encoded

NUMBER = "019a-request_1"
BEGIN, STATUS, RESULT, PICTURE = "begin", "status", "result", "picture"


@dataclass
class Reply:
    """`wait`: seconds before the first byte; `drip`: seconds after each of the first bytes."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    drip: float = 0

    @property
    def sent(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class FalStandIn:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)

    def at(self, step: str) -> list[Asked]:
        return [asked for asked in self.asked if step_of(asked.method, asked.path) == step]


def step_of(method: str, path: str) -> str:
    if method == "POST":
        return BEGIN
    if path.startswith("/files/"):
        return PICTURE
    return STATUS if path.endswith("/status") else RESULT


def made(url: str, **changed: Any) -> dict[str, Any]:
    """What a model says of what it painted."""
    picture = {"url": f"{url}/files/child.png", "width": 512, "height": 512, "content_type": "image/png"}
    return {"images": [picture], "seed": 7, "has_nsfw_concepts": [False], "prompt": "A cute baby"} | changed


@contextmanager
def painting() -> Iterator[FalStandIn]:
    fal = FalStandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            fal.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            reply = fal.replies[step_of(self.command, self.path)]
            time.sleep(reply.wait)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.sent)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.write(reply)

        do_POST = do_GET

        def write(self, reply: Reply) -> None:
            slow = reply.sent[:20] if reply.drip else b""
            for byte in slow:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(reply.drip)
            self.wfile.write(reply.sent[len(slow) :])

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *args: Any) -> None:
            """Whoever asked may have hung up."""

    server = Server(("127.0.0.1", 0), Handler)
    fal.url = f"http://127.0.0.1:{server.server_port}"
    fal.replies = {
        BEGIN: Reply({"request_id": NUMBER, "status": "IN_QUEUE"}),
        STATUS: Reply({"status": "COMPLETED"}),
        RESULT: Reply(made(fal.url)),
        PICTURE: Reply(encoded(drawn_face(512, 512), "PNG"), headers={"Content-Type": "image/png"}),
    }
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield fal
    finally:
        server.shutdown()
        server.server_close()
