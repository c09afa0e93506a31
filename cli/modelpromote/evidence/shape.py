"""What a model is made of: its dimensions by config.json, and which of its matrices are Linear layers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from modelpromote.evidence.json_text import Json, whole
from modelpromote.evidence.safetensors import Tensor
from modelpromote.evidence.scheme import Scheme

_HIDDEN = frozenset({"hidden_size", "d_model", "n_embd", "embed_dim"})
_INNER = ("intermediate_size", "ffn_dim", "n_inner", "ffn_hidden_size")
_SIZES = ("_size", "_dim", "_rank")
_NO_INPUT = frozenset({"vocab_size", "patch_size", "image_size", "max_batch_size"})
_HEADS = ("num_attention_heads", "num_heads", "num_key_value_heads")
_HEAD_DIMENSIONS = ("head_dim", "v_head_dim")
# layers whose input is the hidden state, and layers whose input is the inner one of a feed-forward block
_INWARD = frozenset(
    {"q_proj", "k_proj", "v_proj", "qkv_proj", "gate_proj", "up_proj", "gate_up_proj", "fc1", "w1", "w3"}
)
_OUTWARD = frozenset({"down_proj", "fc2", "w2"})
# layers whose output is the inner width of a feed-forward block, and norms of the hidden state
_INTO_INNER = frozenset({"gate_proj", "up_proj", "fc1", "c_fc", "w1", "w3"})
_NORMS = frozenset(
    {"input_layernorm", "post_attention_layernorm", "self_attn_layer_norm", "final_layer_norm", "ln_1", "ln_2", "norm"}
)
_LARGEST, _SMALLEST = 2**24, 8
_MATRIX = 2
_PLAIN = frozenset({"F16", "BF16", "F32", "F64"})
# matrices that are looked up or that route: no Linear of the config's `targets`
_LOOKED_UP = frozenset({"wte", "wpe", "embeddings", "embedding"})
_ROUTERS = frozenset({"gate", "router"})


@dataclass(frozen=True, slots=True)
class Dimensions:
    """Widths of a model: of the hidden state, within feed-forward blocks, and all that a layer's input may have."""

    hidden: frozenset[int]
    inner: frozenset[int]
    all: frozenset[int]

    def of_input(self, layer: str) -> tuple[frozenset[int], ...]:
        """The widths that the layer's input may have, the likelier set first."""
        role = layer.rpartition(".")[2]
        likely = self.hidden if role in _INWARD else self.inner if role in _OUTWARD else self.all
        return likely, self.all


def dimensions(config: Mapping[str, Json]) -> Dimensions:
    """The widths that config.json states, for the model and for the models within it."""
    blocks = [config, *(value for value in config.values() if isinstance(value, dict))]
    stated = [(key, size) for block in blocks for key, value in block.items() if (size := _size(value))]
    hidden = frozenset(size for key, size in stated if key in _HIDDEN)
    inner = frozenset(size for key, size in stated if key.endswith(_INNER))
    others = frozenset(size for key, size in stated if key.endswith(_SIZES) and key not in _NO_INPUT)
    return Dimensions(hidden, inner, hidden | inner | others | frozenset(_of_heads(blocks)))


def shown(stated: Dimensions, tensors: Iterable[Tensor]) -> Dimensions:
    """The same, with what the header shows by itself in the place of what config.json states.

    Norms have one weight for each value of the hidden state, and no packing hides a layer's outputs.
    """
    known = tuple(tensors)
    hidden = frozenset(one.shape[0] for one in known if _last(one) in _NORMS and len(one.shape) == 1)
    inner = frozenset(one.shape[0] for one in known if _last(one) in _INTO_INNER and len(one.shape) == _MATRIX)
    return Dimensions(hidden or stated.hidden, inner or stated.inner, stated.all | hidden | inner)


def _last(tensor: Tensor) -> str:
    """`input_layernorm` of `model.layers.0.input_layernorm.weight`; only weights count."""
    return tensor.module.rpartition(".")[2] if tensor.part.startswith("weight") else ""


def _size(value: Json) -> int:
    """A width, or 0 where it is none."""
    size = whole(value) or 0
    return size if _SMALLEST <= size <= _LARGEST else 0


def _of_heads(blocks: list[Mapping[str, Json]]) -> Iterator[int]:
    for block in blocks:
        for heads, dimension in product(_HEADS, _HEAD_DIMENSIONS):
            size = _size((whole(block.get(heads)) or 0) * (whole(block.get(dimension)) or 0))
            if size:
                yield size


def leftovers(tensors: Mapping[str, Tensor], scheme: Scheme) -> tuple[str, ...]:
    """The layers that the config quantises, and that are stored as plain numbers all the same."""
    plain = _plain_experts if scheme.layers == "experts" else _plain_linears
    return tuple(sorted(name for name in plain(tensors.values()) if scheme.quantises(name)))


def _plain_linears(tensors: Iterable[Tensor]) -> Iterator[str]:
    for tensor in tensors:
        layer = tensor.module.rpartition(".")[2]
        is_matrix = tensor.part == "weight" and len(tensor.shape) == _MATRIX and tensor.dtype in _PLAIN
        if is_matrix and layer not in _LOOKED_UP | _ROUTERS and "embed" not in layer:
            yield tensor.module


def _plain_experts(tensors: Iterable[Tensor]) -> Iterator[str]:
    """Fused experts: one matrix per expert, in one tensor."""
    for tensor in tensors:
        if len(tensor.shape) > _MATRIX and tensor.dtype in _PLAIN and tensor.module.endswith("experts"):
            yield tensor.name
