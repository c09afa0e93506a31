"""The versions of KServe that target `kserve` was made for, and what each calls the mode that it uses."""

from collections.abc import Mapping

# minor versions of 0.x whose sources were looked at for what is rendered here
MINORS = range(15, 22)
VERSIONS = tuple(f"0.{minor}" for minor in MINORS)
_STANDARD = 16  # the first that knows `Standard` and `none`; from 0.17 on its webhook rewrites the older names


def check_version(version: str) -> str:
    """The version itself; ValueError where it is none that the target knows."""
    if version not in VERSIONS:
        raise ValueError(f"expected {VERSIONS[0]} to {VERSIONS[-1]}")
    return version


def annotations(version: str) -> Mapping[str, str]:
    """The mode without Knative and without an autoscaler, below `serving.kserve.io/`."""
    if int(version.split(".")[1]) < _STANDARD:
        return {"deploymentMode": "RawDeployment", "autoscalerClass": "external"}
    return {"deploymentMode": "Standard", "autoscalerClass": "none"}
