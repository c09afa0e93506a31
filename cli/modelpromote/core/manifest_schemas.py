"""The three manifests as JSON Schemas (2020-12): what the readers accept, as far as JSON Schema can say it.

Generated from the classes that the readers use. What these check across keys is added here by hand.
"""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic.json_schema import GenerateJsonSchema

from modelpromote.core.environment import Environment
from modelpromote.core.gates import Settings
from modelpromote.core.kserve import VERSIONS
from modelpromote.core.manifest import Variant
from modelpromote.core.manifest_reading import FIXED_ARGUMENTS
from modelpromote.core.names import PRECISIONS, VariantName
from modelpromote.core.policy import Policy
from modelpromote.core.quantities import Duration, Percentage
from modelpromote.core.schema import Schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Json = dict[str, Any]
SCHEMAS: Mapping[str, type[Schema]] = {"promote": Policy, "environment": Environment, "variant": Variant}


class _Generator(GenerateJsonSchema):
    """Titles of keys only repeat the keys; a default is shown as people write it."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def encode_default(self, dft: Any) -> Any:
        return str(dft) if isinstance(dft, Duration | Percentage) else super().encode_default(dft)


def file_name(kind: str) -> str:
    """`variant.schema.json`."""
    return f"{kind}.schema.json"


def json_schema(kind: str) -> Json:
    """The schema of `promote`, `environment` or `variant`."""
    generated = SCHEMAS[kind].model_json_schema(by_alias=True, schema_generator=_Generator)
    schema: Json = {"$schema": DIALECT, **_tidied(generated)}
    return _ACROSS[kind](schema)


def _tidied(node: Any) -> Any:
    """Without OpenAPI's `discriminator` and defaults of nothing; a pattern for keys leaves no other keys."""
    if isinstance(node, list):
        return [_tidied(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidied(value) for key, value in node.items() if key != "discriminator"}
    if tidy.get("default", "") is None or isinstance(tidy.get("default"), dict):
        del tidy["default"]
    if isinstance(tidy.get("patternProperties"), dict):
        tidy["additionalProperties"] = False
    return tidy


def _policy(schema: Json) -> Json:
    """No environment twice."""
    schema["properties"]["environments"]["uniqueItems"] = True
    return schema


def _environment(schema: Json) -> Json:
    """No gate twice, no ladder without a route, KServe's version with its target, no alerts unmonitored.

    A gate's key without words of its own has those of the gate.
    """
    gates = schema["properties"]["gates"]
    named = {_definition(gate): _name(gate) for gate in get_args(Settings)}
    for definition, name in named.items():
        block = schema["$defs"][f"gate-{name}"] = schema["$defs"].pop(definition) | {"title": f"gate {name}"}
        for value in block["properties"].values():
            value.setdefault("description", block["description"])
    gates["items"] = {"oneOf": [{"$ref": f"#/$defs/gate-{name}"} for name in named.values()]}
    gates["allOf"] = [_once(name) for name in named.values()]
    there = {"type": "object"}
    ladder = {"properties": {"ladder": there}, "required": ["ladder"]}
    route = {"properties": {"route": there}, "required": ["route"]}
    unwatched = {"properties": {"monitoring": {"const": "none"}}, "required": ["monitoring"]}
    silent = {"properties": {"alerts": {"type": "null"}}}
    kserve = {"properties": {"target": {"const": "kserve"}}, "required": ["target"]}
    version = {"properties": {"cluster": {"properties": {"kserve": {"enum": list(VERSIONS)}}, "required": ["kserve"]}}}
    schema["$defs"]["Route"] |= _route()
    return {
        **schema,
        "allOf": [{"if": ladder, "then": route}, {"if": kserve, "then": version}, {"if": unwatched, "then": silent}],
    }


def _route() -> Json:
    """OpenShift's Route has one host and no gateway, an HTTPRoute has one."""
    openshift = {"properties": {"kind": {"const": "Route"}}, "required": ["kind"]}
    one_host = {"properties": {"gateway": {"type": "null"}, "hostname": {"not": {"pattern": "\\*"}}}}
    hung = {"properties": {"gateway": {"type": "object"}}, "required": ["gateway"]}
    return {"if": openshift, "then": one_host, "else": hung}


def _definition(gate: type[Schema]) -> str:
    """What pydantic calls a class of which there are several."""
    return f"{gate.__module__}.{gate.__qualname__}".replace(".", "__")


def _name(gate: type[Schema]) -> str:
    (name,) = get_args(gate.model_fields["gate"].annotation)
    return str(name)


def _once(gate: str) -> Json:
    named = {"properties": {"gate": {"const": gate}}, "required": ["gate"]}
    return {"contains": named, "minContains": 0, "maxContains": 1}


def _variant(schema: Json) -> Json:
    """No argument that the target sets; a quantization block that agrees with the name."""
    fixed = "|".join(f"--{name[2:].replace('-', '[-_]')}" for name in sorted(FIXED_ARGUMENTS))
    schema["$defs"]["Serving"]["properties"]["args"]["items"]["not"] = {"pattern": f"^({fixed})(=|$)"}
    grouped = {"groupSize": {"type": "integer"}}
    none = {"groupSize": {"type": "null"}}
    rules = [
        _where(f"-{name}(-|$)", _recipe(name, VariantName("v1.0", name).is_quantised)) for name in sorted(PRECISIONS)
    ]
    rules += [
        _where("-g[0-9]+$", {"properties": {"quantization": {"properties": grouped, "required": ["groupSize"]}}}),
        _where("-(ch|tensor)$", {"properties": {"quantization": {"properties": none}}}),
    ]
    return {**schema, "allOf": rules}


def _recipe(precision: str, quantised: bool) -> Json:  # noqa: FBT001 - the name says it
    if not quantised:
        return {"properties": {"quantization": {"type": "null"}}}
    bits = {"properties": {"bits": {"const": PRECISIONS[precision]}}}
    return {"properties": {"quantization": {"type": "object", **bits}}, "required": ["quantization"]}


def _where(name: str, then: Json) -> Json:
    return {"if": {"properties": {"variant": {"type": "string", "pattern": name}}}, "then": then}


_ACROSS = {"promote": _policy, "environment": _environment, "variant": _variant}
