"""The steps of a ladder: `staged -> 10 -> 50 -> 100 -> done`. They are fixed; environments set bake times only."""

from enum import Enum


class Step(Enum):
    """How far the variant in force has climbed."""

    STAGED = "staged"
    TEN = "10"
    FIFTY = "50"
    HUNDRED = "100"
    DONE = "done"

    @property
    def weight(self) -> int:
        """Its share of the traffic, in percent."""
        return _WEIGHTS[self]

    @property
    def next(self) -> "Step | None":
        """The step above; None at `done`."""
        above = _ORDER.index(self) + 1
        return _ORDER[above] if above < len(_ORDER) else None

    @property
    def back(self) -> "Step | None":
        """The step below; None at `staged`."""
        below = _ORDER.index(self) - 1
        return _ORDER[below] if below >= 0 else None

    @property
    def next_weight(self) -> int:
        """The weight of the step above: capacity for it must be there before the traffic."""
        return self.next.weight if self.next else 100

    @property
    def has_all_traffic(self) -> bool:
        """Whether the variant before it gets no request any more."""
        return self in {Step.HUNDRED, Step.DONE}

    def __lt__(self, other: "Step") -> bool:
        """Whether this step is below another one."""
        return _ORDER.index(self) < _ORDER.index(other)

    def __str__(self) -> str:
        return self.value


_ORDER = tuple(Step)
_WEIGHTS = dict(zip(_ORDER, (0, 10, 50, 100, 100), strict=True))
