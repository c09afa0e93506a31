"""A git server in this process: smart HTTP by `git http-backend`, basic auth by token, and faults on demand."""

import base64
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

OWNER, READER = ("ada", "s3cret-of-ada"), ("reader", "s3cret-of-reader")


@dataclass
class Behaviour:
    """What goes wrong on purpose. `pushes` counts the answers to pushes that were asked for."""

    lose_answer: bool = False  # the push is carried out, and its answer never arrives
    silent: threading.Event | None = None  # nothing is answered until this is set
    drop: Callable[[str], bool] = lambda _: False  # given a request's line: hang up instead of an answer
    pushes: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Forge(ThreadingHTTPServer):
    """Serves every bare repository below a folder."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.behaviour = Behaviour()

    def url(self, name: str, who: tuple[str, str] | None = OWNER) -> str:
        """The address of a repository, credentials in it."""
        account = f"{who[0]}:{who[1]}@" if who else ""
        return f"http://{account}127.0.0.1:{self.server_address[1]}/{name}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # with unbuffered writes and Nagle every answer takes 44 ms
    disable_nagle_algorithm = True
    server: Forge

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _answer(self, body: bytes) -> None:
        path, _, query = self.path.partition("?")
        behaviour = self.server.behaviour
        pushing = "git-receive-pack" in self.path
        if behaviour.silent is not None:
            behaviour.silent.wait(60)
            self.close_connection = True
            return
        who = self._who()
        if who is not None and behaviour.drop(f"{self.command} {self.path}"):
            self.close_connection = True
            return
        if who is None:
            self._send(401, [("WWW-Authenticate", 'Basic realm="git"')], b"Unauthorized\n")
        elif pushing and who == READER[0]:
            self._send(403, [("Content-Type", "text/plain")], b"You are not allowed to push to this project.\n")
        elif not (self.server.root / path.lstrip("/").split(".git/")[0]).with_suffix(".git").is_dir():
            self._send(404, [("Content-Type", "text/plain")], b"The project you were looking for could not be found.\n")
        else:
            self._backend(path, query, body, who, pushing=pushing)

    def _who(self) -> str | None:
        given = self.headers.get("Authorization", "").removeprefix("Basic ")
        for name, token in (OWNER, READER):
            if given == base64.b64encode(f"{name}:{token}".encode()).decode():
                return name
        return None

    def _backend(self, path: str, query: str, body: bytes, who: str, *, pushing: bool) -> None:
        found = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        variables = {
            **found,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": who,
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=False)
        if pushing and self.command == "POST":
            with self.server.behaviour.lock:
                self.server.behaviour.pushes += 1
            if self.server.behaviour.lose_answer:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().splitlines()]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        self._send(status, [(name, value) for name, value in headers if name != "Status"], content)

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serve(root: Path) -> Iterator[Forge]:
    """The server for the time of a `with`; every repository below the folder may be pushed to."""
    for repository in root.glob("*.git"):
        subprocess.run(["git", "config", "http.receivepack", "true"], cwd=repository, check=True)
    with Forge(root) as forge:
        thread = threading.Thread(target=forge.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield forge
        finally:
            forge.shutdown()
            thread.join()
