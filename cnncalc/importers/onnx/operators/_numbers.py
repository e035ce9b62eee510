"""Numbers of a file as fields of a layer."""

from typing import Any

from cnncalc.layers import layer_type


def rounded(value: float) -> float:
    """A float32 as the shortest number that is the same: 9.999999747378752e-06 is 1e-05."""
    return float(f"{value:.6g}")


def usual(type_: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that differ from a layer's defaults."""
    kind: Any = layer_type(type_)
    defaults = {name: field.default for name, field in kind.declared.items()}
    return {name: value for name, value in fields.items() if defaults[name] != value}
