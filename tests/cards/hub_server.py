"""A small Hub: the part of its HTTP API that huggingface_hub speaks when it looks at and commits small files."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def blob_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


@dataclass
class Shelf:
    """A repository: its branches (and pull requests, `refs/pr/N`), each with its files."""

    branches: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"main": {}})
    titles: list[str] = field(default_factory=list)
    commits: list[dict[str, Any]] = field(default_factory=list)
    private: bool = False


class SmallHub:
    """Runs on a port of its own; `refuse` maps a part of a path to the status and message that it is answered with."""

    def __init__(self) -> None:
        self.shelves: dict[str, Shelf] = {}
        self.refuse: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.token = "hf_good"  # noqa: S105
        hub = self

        class Handler(BaseHTTPRequestHandler):
            wbufsize = -1
            disable_nagle_algorithm = True
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                self.answer(b"")

            def do_POST(self) -> None:
                self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def answer(self, body: bytes) -> None:
                status, document, code = hub.respond(self.command, self.path, self.headers.get("Authorization"), body)
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if code:
                    self.send_header("X-Error-Code", code)
                if status >= 400 and isinstance(document, dict):
                    self.send_header("X-Error-Message", str(document.get("error", "")))
                self.end_headers()
                self.wfile.write(data)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def respond(self, verb: str, path: str, authorization: str | None, body: bytes) -> tuple[int, Any, str]:
        parts = urlsplit(path)
        self.asked.append(f"{verb} {unquote(parts.path)}")
        for wanted, (status, message) in self.refuse.items():
            if wanted in parts.path:
                return status, {"error": message}, ""
        if authorization != f"Bearer {self.token}":
            return 401, {"error": "Invalid credentials in Authorization header"}, ""
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        pieces = [unquote(piece) for piece in parts.path.split("/")[2:]]
        if pieces == ["repos", "create"]:
            return self.create(json.loads(body))
        if pieces == ["validate-yaml"]:
            return self.validate(json.loads(body)["content"])
        name = "/".join(pieces[1:3])
        if name not in self.shelves:
            return 404, {"error": "Repository not found"}, "RepoNotFound"
        return self.of_shelf(self.shelves[name], name, pieces[3], "/".join(pieces[4:]), query, body)

    def create(self, asked: dict[str, Any]) -> tuple[int, Any, str]:
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.shelves:
            return 409, {"error": "You already created this model repo"}, ""
        self.shelves[name] = Shelf(private=asked.get("visibility") == "private" or asked.get("private") is True)
        return 200, {"url": f"{self.url}/{name}"}, ""

    def validate(self, content: str) -> tuple[int, Any, str]:
        if 'license: "no-such' in content:
            return 400, {"errors": [{"message": '"license" must be one of [apache-2.0, ...]'}], "warnings": []}, ""
        return 200, {"errors": [], "warnings": [{"message": "empty or missing license"}]}, ""

    def of_shelf(
        self, shelf: Shelf, name: str, verb: str, revision: str, query: dict[str, str], body: bytes
    ) -> tuple[int, Any, str]:
        if verb == "discussions":
            listed = [
                {
                    "title": title, "num": number, "author": {"name": "ada"}, "createdAt": "2026-11-24T12:00:00.000Z",
                    "status": "open", "repo": {"name": name, "type": "model"}, "isPullRequest": True,
                }
                for number, title in enumerate(shelf.titles, 1)
            ]  # fmt: skip
            return 200, {"discussions": listed, "count": len(listed), "start": 0}, ""
        if revision not in shelf.branches:
            return 404, {"error": f"Invalid rev id: {revision}"}, "RevisionNotFound"
        files = shelf.branches[revision]
        if verb == "paths-info":
            wanted = parse_qs(body.decode())["paths"]
            found = [
                {"type": "file", "path": path, "size": len(files[path]), "oid": blob_id(files[path])}
                for path in wanted
                if path in files
            ]
            return 200, found, ""
        if verb == "preupload":
            asked = json.loads(body)["files"]
            modes = [
                {
                    "path": one["path"], "uploadMode": "regular", "shouldIgnore": False,
                    **({"oid": blob_id(files[one["path"]])} if one["path"] in files else {}),
                }
                for one in asked
            ]  # fmt: skip
            return 200, {"files": modes}, ""
        assert verb == "commit", verb
        return self.commit(shelf, name, revision, query, body)

    def commit(
        self, shelf: Shelf, name: str, revision: str, query: dict[str, str], body: bytes
    ) -> tuple[int, Any, str]:
        header, *operations = (json.loads(line) for line in body.splitlines())
        new = {one["value"]["path"]: base64.b64decode(one["value"]["content"]) for one in operations}
        shelf.commits.append({"summary": header["value"]["summary"], "files": sorted(new), "revision": revision})
        oid = hashlib.sha1(body, usedforsecurity=False).hexdigest()
        answer = {"commitUrl": f"{self.url}/{name}/commit/{oid}", "commitOid": oid}
        if query.get("create_pr") != "1":
            shelf.branches[revision] |= new
            return 200, answer, ""
        shelf.titles.append(header["value"]["summary"])
        number = len(shelf.titles)
        shelf.branches[f"refs/pr/{number}"] = shelf.branches[revision] | new
        return 200, answer | {"pullRequestUrl": f"{self.url}/{name}/discussions/{number}"}, ""
