"""A Hub for tests: what huggingface_hub asks of the real one to list a model and to read its files.

It answers GET /api/models/ORG/REPO/revision/REV?blobs=true and GET /ORG/REPO/resolve/REV/PATH, the latter with
Range, ETag, X-Repo-Commit and X-Linked-*, and sends LFS files on to another path, as the real one does to its CDN.
https://huggingface.co/docs/hub/api
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0cb88a4f764b7a12671c53f0838cd831a0843b95"
REPO = "acme/tiny-llama-w4a16"
_LFS = 1_000_000
_PIECE = 65_536


@dataclass
class FakeHub:
    """One repository with the files of a folder. `status` refuses everything; `asked` is what was asked for."""

    files: dict[str, bytes]
    token: str = ""
    status: int = 0
    delay: float = 0
    ranges: bool = True
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    sent: int = 0
    url: str = ""

    def siblings(self) -> list[dict[str, Any]]:
        return [self.listed.get(path) or self._sibling(path, data) for path, data in self.files.items()]

    def _sibling(self, path: str, data: bytes) -> dict[str, Any]:
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        found: dict[str, Any] = {"rfilename": path, "size": len(data), "blobId": blob}
        if len(data) > _LFS:
            digest = hashlib.sha256(data).hexdigest()
            found["lfs"] = {"sha256": digest, "size": len(data), "pointerSize": 134}
        return found


class _Answers(BaseHTTPRequestHandler):
    wbufsize = -1
    protocol_version = "HTTP/1.1"
    hub: FakeHub

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, path = self.hub, unquote(urlsplit(self.path).path)
        hub.asked.append((path, self.headers.get("Range", ""), self.headers.get("Authorization", "")))
        time.sleep(hub.delay)
        if hub.status:
            return self._send(hub.status, b"{}", {"Retry-After": "1"})
        if hub.token and self.headers.get("Authorization") != f"Bearer {hub.token}":
            return self._send(401, b"{}", {"X-Error-Code": "RepoNotFound"})
        if path in {f"/api/models/{REPO}/revision/{name}" for name in ("main", "v1", COMMIT)}:
            answer = {"id": REPO, "modelId": REPO, "sha": COMMIT, "siblings": hub.siblings(), "tags": []}
            return self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})
        at = f"/{REPO}/resolve/{COMMIT}/"
        name = path.removeprefix(at).removeprefix("/cdn/")
        if name not in hub.files or not path.startswith((at, "/cdn/")):
            return self._send(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        return self._file(name, is_moved=path.startswith(at) and len(hub.files[name]) > _LFS)

    def _file(self, name: str, *, is_moved: bool) -> None:
        data = self.hub.files[name]
        headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha256(data).hexdigest()}"', "Accept-Ranges": "bytes"}
        if is_moved:
            linked = {"X-Linked-Size": str(len(data)), "X-Linked-ETag": headers["ETag"], "Location": f"/cdn/{name}"}
            return self._send(302, b"", {**headers, **linked})
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not wanted or not self.hub.ranges:
            return self._send(200, data, headers)
        first, last = (int(part) for part in wanted.split("-"))
        part = data[first : last + 1]
        return self._send(206, part, {**headers, "Content-Range": f"bytes {first}-{first + len(part) - 1}/{len(data)}"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            with suppress(ConnectionError):
                for start in range(0, len(body), _PIECE):
                    self.wfile.write(body[start : start + _PIECE])
                    self.hub.sent += len(body[start : start + _PIECE])


@contextmanager
def serving(folder: Path) -> Iterator[FakeHub]:
    """The hub with the files of a folder, on a port of its own."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    hub = FakeHub(files)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"hub": hub}))
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
