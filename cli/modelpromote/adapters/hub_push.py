"""Pushing to the Hugging Face Hub, through huggingface_hub: commits of a few small files, pull requests.

Endpoint and token are those of huggingface_hub: HF_ENDPOINT, HF_TOKEN, or what `hf auth login` keeps. Importing
it costs 300 ms: only what pushes does.
"""

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeVar

from huggingface_hub import CommitOperationAdd, HfApi, get_token
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

from modelpromote.adapters.hub import blob_id
from modelpromote.failures import Failure

T = TypeVar("T")
_TRANSPORT: type[Exception] = HfHubHTTPError.__mro__[1]  # HTTPError of the HTTP client that its version uses
_MAIN = "main"
_UNPUSHED = "nothing was pushed"
_HINTS = {
    401: "set HF_TOKEN to a token that may write there, or run: hf auth login",
    403: "the token may not write there: use one with write access to this organisation",
    404: "check the name, and whether the token may see it",
    429: "the Hub asks to wait: run it again in a few minutes",
}


class Way(Enum):
    """How files come into a repository."""

    COMMIT = "commit"
    PULL_REQUEST = "pull request"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A model repository on the Hub, and the branch of it that is meant."""

    repository: str
    revision: str = _MAIN


class HubPush:
    """The Hub that the environment names."""

    @cached_property
    def endpoint(self) -> str:
        """Where it is."""
        return self._api.endpoint

    def lacks(self, shelf: Shelf, files: Mapping[str, bytes]) -> tuple[str, ...] | None:
        """The files, by name, that are not there as they are given; None where there is no such repository."""

        def ask() -> dict[str, str] | None:
            try:
                found = self._api.get_paths_info(shelf.repository, sorted(files), revision=shelf.revision)
            except RepositoryNotFoundError as fault:
                if fault.response.status_code == 401 and get_token() is None:  # noqa: PLR2004  # it hides what is there
                    raise
                return None
            return {entry.path: getattr(entry, "blob_id", "") for entry in found}

        there = self._asked(shelf, ask)
        if there is None:
            return None
        return tuple(name for name, content in sorted(files.items()) if there.get(name) != blob_id(content))

    def open_request(self, shelf: Shelf, title: str, files: Mapping[str, bytes]) -> str | None:
        """The address of an open pull request with this title that has these files."""

        def ask() -> list[int]:
            listed = self._api.get_repo_discussions(
                shelf.repository, discussion_type="pull_request", discussion_status="open"
            )
            return [one.num for one in listed if one.title == title]

        for number in self._asked(shelf, ask):
            if self.lacks(Shelf(shelf.repository, f"refs/pr/{number}"), files) == ():
                return f"{self.endpoint}/{shelf.repository}/discussions/{number}"
        return None

    def create(self, shelf: Shelf) -> None:
        """Make the repository, private; one that is there already is taken as it is."""
        self._asked(shelf, lambda: self._api.create_repo(shelf.repository, private=True, exist_ok=True))

    def send(self, shelf: Shelf, title: str, files: Mapping[str, bytes], way: Way) -> str:
        """Commit files to the branch, or open a pull request with them; the address of what was made."""
        operations = [CommitOperationAdd(path_in_repo=name, path_or_fileobj=files[name]) for name in sorted(files)]
        request = way is Way.PULL_REQUEST
        made = self._asked(
            shelf,
            lambda: self._api.create_commit(
                shelf.repository, operations, commit_message=title, revision=shelf.revision, create_pr=request
            ),
        )
        return str(made.pr_url if request else made.commit_url)

    @cached_property
    def _api(self) -> HfApi:
        return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None, library_name="modelpromote")

    def _asked(self, shelf: Shelf, call: Callable[[], T]) -> T:
        """What a call gives; its failure in one line."""

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what the Hub would like to see in a card refuses nothing
                return call()
        except RevisionNotFoundError as fault:
            message = f"{shelf.repository} has no branch {shelf.revision} on the Hub"
            raise Failure(message, "make it there first, or leave --revision out", _UNPUSHED) from fault
        except HfHubHTTPError as fault:
            raise self._refused(shelf, fault.response.status_code, fault.server_message or "") from fault
        except (_TRANSPORT, OSError) as fault:
            message = f"the Hub at {self.endpoint} cannot be reached: {_first_line(str(fault))}"
            raise Failure(message, "check the network, HF_ENDPOINT and HF_HUB_OFFLINE", _UNPUSHED) from fault
        except ValueError as fault:
            message = f"the Hub does not take the card: {_first_line(str(fault).rpartition('README.md.')[2])}"
            raise Failure(message, "mend `card:` of variant.yaml, then: promote render", _UNPUSHED) from fault

    def _refused(self, shelf: Shelf, status: int, said: str) -> Failure:
        reason = f": {_first_line(said)}" if said.strip() else ""
        message = f"the Hub answered {status} for {shelf.repository}{reason}"
        return Failure(message, _HINTS.get(status, "run it again; what is on the Hub is whole"), _UNPUSHED)


def _first_line(text: str) -> str:
    line = next((part.strip() for part in text.splitlines() if part.strip()), "no reason given")
    return "".join(character for character in line if character.isprintable())[:200].removeprefix("- ")
