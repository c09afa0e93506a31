"""How a card says a variant is served: vLLM's own image, with the arguments of variant.yaml. Pure."""

import shlex

from modelpromote.core.manifest import Variant
from modelpromote.core.names import full_name


def serving_command(variant: Variant) -> str:
    """A command for a shell; what the manifest says is quoted, so that none of it is run."""
    name = full_name(variant.model, str(variant.variant))
    lines = [
        "docker run --rm --ipc=host -p 8080:8080" + (" --gpus all" if variant.serving.gpus else ""),
        '-v "$PWD/artifact:/mnt/models:ro"',
        "--entrypoint python",
        shlex.quote(variant.serving.image),
        "-m vllm.entrypoints.openai.api_server",
        "--port=8080 --model=/mnt/models",
        f"--served-model-name {variant.model} {name}",
        *(shlex.quote(argument) for argument in variant.serving.args),
    ]
    return " \\\n  ".join(lines)
