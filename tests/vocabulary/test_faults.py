"""The diagnostics S: codes, names, and a case for each of them."""

import re

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults, operand_faults, shape_faults, value_faults, window_faults
from cnncalc.vocabulary.layer import Layer
from cnncalc.vocabulary.values import Sides, Standardization
from tests._each import each

FILES = {
    module.__name__: [item for item in vars(module).values() if isinstance(item, DiagnosticKind)]
    for module in (window_faults, shape_faults, operand_faults, value_faults, field_faults)
}
FAULTS = [fault for faults in FILES.values() for fault in faults]
VOLUME = Shape(6, (8, 8))


def layer(name: str, **fields: object) -> Layer:
    return layer_type(name)(**fields)


# A layer and inputs that show each fault.
SHOWN: dict[str, tuple[Layer, tuple[Shape, ...]]] = {
    "S027": (layer("fractional_maxpool", windows="disjoint", output_size=8), (Shape(16, (24, 24)),)),
    "S033": (layer("depthwise_conv", kernel=1, standardize=Standardization()), (VOLUME,)),
    "S034": (
        layer("conv", filters=8, kernel=3, standardize=Standardization(), parametrize="weight_norm"),
        (VOLUME,),
    ),
    "L030": (layer("lstm", hidden=4, dropout=0.5), (Shape(8, (16,)),)),
    "S001": (layer("conv", filters=8, kernel=3, stride=2), (Shape(3, (10, 10)),)),
    "S002": (layer("conv", filters=8, kernel=3, stride=2, padding=1), (VOLUME,)),
    "S003": (layer("conv", filters=8, kernel=1, stride=2), (VOLUME,)),
    "S004": (layer("maxpool", kernel=3, stride=2, rounding="ceil"), (VOLUME,)),
    "S005": (layer("conv", filters=8, kernel=9), (VOLUME,)),
    "S006": (layer("conv_transpose", filters=8, kernel=1, padding=4), (VOLUME,)),
    "S007": (layer("conv", filters=8, groups=4), (VOLUME,)),
    "S008": (layer("add"), (VOLUME, Shape(3, (8, 8)))),
    "S009": (layer("fc", units=10), (VOLUME,)),
    "S010": (layer("conv", filters=8), (Shape(6),)),
    "S011": (layer("conv", filters=8, kernel=4, padding="half"), (VOLUME,)),
    "S012": (layer("maxpool", kernel=2, padding=2), (VOLUME,)),
    "S013": (layer("conv_transpose", filters=8, stride=2, output_padding=2), (VOLUME,)),
    "S014": (layer("upsample", scale=2, mode="trilinear"), (VOLUME,)),
    "S015": (layer("gn", groups=4), (VOLUME,)),
    "S016": (layer("instance_norm"), (Shape(6, (1, 1)),)),
    "S017": (layer("slice", start=4, stop=7), (VOLUME,)),
    "S018": (layer("crop", size=4, sides=2), (VOLUME,)),
    "S019": (layer("reflection_pad", padding=8), (VOLUME,)),
    "S020": (layer("prelu", num_parameters=3), (VOLUME,)),
    "S021": (layer("hardtanh", min_val=1.0), (VOLUME,)),
    "S022": (layer("reshape", channels=5, length=8), (VOLUME,)),
    "S023": (layer("window_attention", heads=2, window=4, shift=4), (VOLUME,)),
    "S024": (layer("std", over="height"), (Shape(6, (1, 8)),)),
    "S025": (layer("div", numbers=(None, 0)), (VOLUME,)),
    "S030": (layer("attention", heads=2), (VOLUME, VOLUME, Shape(6, (4, 4)))),
    "S031": (layer("attention", heads=2, causal=True), (VOLUME,)),
    "S032": (layer("attention", heads=2, relative="offsets"), (VOLUME, Shape(6, (4, 4)))),
    "S026": (layer("mul"), (Shape(1, (8, 8)), Shape(6, (1, 1)))),
    "S028": (layer("conv", filters=8), (VOLUME._replace(batched=False),)),
}


def test_every_code_is_of_one_kind() -> None:
    codes = [fault.code for fault in FAULTS]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"S0\d\d|L030", code) for code in codes)


def test_codes_count_up_in_each_file() -> None:
    codes = {name: [fault.code for fault in faults] for name, faults in FILES.items()}
    assert codes == {name: sorted(given) for name, given in codes.items()}


@each("fault", FAULTS, ids=lambda fault: fault.code)
def test_says_what_and_why(fault: DiagnosticKind) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", fault.name)
    for text in (fault.what, fault.why):
        assert text.endswith("."), text
    for spec in (fault.invalid, fault.valid):
        assert spec.startswith("cnncalc: 1\n"), spec
        assert spec.endswith("\n"), spec
    assert fault.invalid != fault.valid


def test_names_differ() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@each("fault", FAULTS, ids=lambda fault: fault.code)
def test_can_happen(fault: DiagnosticKind) -> None:
    faults = list(problems(*SHOWN[fault.code]))
    assert fault in [problem.fault for problem in faults]
    for problem in faults:
        assert problem.message.strip()
        assert (problem.help is not None) or not problem.changes, "changes without a help that names them"


@each(
    ("fields", "input", "says"),
    [
        (
            {"kernel": (3, 3)},
            Shape(3, (8,)),
            "`kernel` is [3, 3], for 2 axes, but the input (8x3) has 1 axis: length",
        ),
        (
            {"padding": Sides(top=1)},
            Shape(3, (8,)),
            "`padding` is {top: 1}, for 2 axes, but the input (8x3) has 1 axis: length",
        ),
        (
            {"padding": Sides(front=1)},
            Shape(3, (8, 8)),
            "`padding` is {front: 1}, for 3 axes, but the input (8x8x3) has 2 axes: height, width",
        ),
        ({}, Shape(100), "conv slides over a volume, but its input has 100 features"),
    ],
)
def test_axes_that_do_not_fit(fields: dict[str, object], input: Shape, says: str) -> None:
    (problem,) = problems(layer("conv", filters=1, **fields), (input,))
    assert problem.message == says


def test_every_alternative_is_named_with_its_number() -> None:
    (problem,) = problems(*SHOWN["S001"])
    assert problem.message == "(W - F + 2P)/S + 1 = (10 - 3 + 0)/2 + 1 = 4.5"
    assert problem.help == (
        "padding 1 leaves only padding unread; "
        "nothing is left over with padding {bottom: 1, right: 1}, or kernel 2 or 4, or stride 1, or "
        "input 9 or 11"
    )


def test_the_emptiest_axis_is_reported() -> None:
    (problem,) = problems(layer("conv_transpose", filters=8, padding=(0, 4)), (VOLUME,))
    assert (
        problem.message
        == "width: (W - 1)*S + F - 2P + output_padding = 7*1 + 1 - 8 + 0 = 0, so there is no output"
    )
