"""The ways to serve that tests go: what each makes of an environment.yaml of the zoo, which is of target kserve."""

from collections.abc import Mapping

from stage import Edit


def _plain(manifest: str) -> str:
    kept = [line for line in manifest.splitlines(keepends=True) if not line.startswith("  kserve: ")]
    return "".join(kept).replace("target: kserve\n", "target: deployment\n")


def _openshift(manifest: str) -> str:
    kept = [line for line in manifest.splitlines(keepends=True) if not line.startswith("  gateway: ")]
    return "".join(kept).replace("route:\n", "route:\n  kind: Route\n")


WAYS: Mapping[str, Edit] = {"kserve": str, "deployment": _plain, "openshift": _openshift}
