"""Templates and values in, text out: the only user of Jinja2. A pure function of text.

Every scalar goes through `| tojson`: a JSON string is the same to a YAML 1.1 and a YAML 1.2 reader, where a
plain `no`, `on` or `12e03` is not.
"""

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

# JSON leaves these as they are; YAML takes them for line breaks or refuses them
_ESCAPED = {
    "\x7f": "\\x7f",
    "\x85": "\\x85",
    "\xa0": "\\xa0",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
    "\ufeff": "\\ufeff",
}
_C1 = {chr(code): f"\\x{code:02x}" for code in range(0x80, 0xA0)}
_TABLE = str.maketrans(_C1 | _ESCAPED)


def tojson(value: object) -> str:
    """A value as JSON on one line that every YAML reader reads alike."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": ")).translate(_TABLE)


class Renderer:
    """Renders templates by name; `templates` maps a name such as `kserve/base.yaml.j2` to its text."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(templates),
            undefined=StrictUndefined,
            autoescape=False,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["tojson"] = tojson
        self._loaded: dict[str, Template] = {}

    def render(self, name: str, **values: Any) -> str:
        """The text of one file."""
        template = self._loaded.get(name)
        if template is None:
            template = self._loaded[name] = self._environment.get_template(name)
        return template.render(**values)
