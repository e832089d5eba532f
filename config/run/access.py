"""A running stack for whoever needs one: the demo walk and the tests over a real server and worker."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

from config import embedded
from config.embedded.places import PROJECT
from config.embedded.processes import HOST, free_port, wait_until
from config.run import state
from config.run.companion import answers


@contextlib.contextmanager
def running_stack(port: int | None = None) -> Iterator[str]:
    """The base URL of the stack that runs, or of one that is started for the length of the block.

    `port` is only for a stack that has to be started; any free one by default. Data is the same either way.
    Raises RuntimeError with the end of the log when it does not come up.
    """
    place = embedded.locate()
    if stack := state.running(place):
        _wait_for_answer(stack.url, process=None)
        yield stack.url
        return
    port = port or free_port()
    place.make()
    with (place.var / "stack.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run", "start", "--port", str(port)],
            cwd=PROJECT,
            env=os.environ | {"VAR_DIR": str(place.var.parent), "EMBEDDED_NAME": place.name},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _wait_for_answer(f"http://{HOST}:{port}", process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait_for_answer(url: str, process: subprocess.Popen[bytes] | None) -> str:
    def ended() -> bool:
        return process is not None and process.poll() is not None

    if not wait_until(lambda: ended() or answers(url), seconds=90, every=0.1) or ended():
        log = embedded.locate().var / "stack.log"
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else ""
        raise RuntimeError(f"The stack did not come up, see {log}:\n{tail}")
    return url
