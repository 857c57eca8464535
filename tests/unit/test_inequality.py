import re

import numpy as np
import pytest
from stemlens.errors import InputError
from stemlens.hypotheses.effect import effect_of
from stemlens.hypotheses.inequality import parse

RNG = np.random.default_rng(0)
A, B, C, D = VALUES = RNG.normal(size=(4, 50))
NAMED = dict(zip("abcd", VALUES, strict=True))


def effects(text, values=None, classes=()):
    """Effect of each link, with the values of a, b, c and d."""
    values = values or NAMED

    def value(form):
        terms = [c * values[".".join(name)] for name, c in form.coefficients.items()]
        return sum(terms, start=np.float64(form.constant))

    return [
        np.max(
            np.broadcast_arrays(
                *(
                    np.min(np.broadcast_arrays(*map(value, forms)), axis=0)
                    for forms in effect_of(link, classes)
                )
            ),
            axis=0,
        )
        for link in parse(text)
    ]


@pytest.mark.parametrize(
    ("text", "by_hand"),
    [
        ("a < b", B - A),
        ("a <= b", B - A),
        (" a<b ", B - A),
        ("0.95 < a", A - 0.95),
        ("a < 2", 2 - A),
        ("a + b < c", C - (A + B)),
        ("a - b < c", C - (A - B)),
        ("2 * a < c", C - 2 * A),
        ("a * -0.5 < c", C + A / 2),
        ("-2 * max(a, b) < c", C + 2 * np.maximum(A, B)),
        ("(1 + 1) * a < c", C - 2 * A),
        ("-a < b", B + A),
        ("a < --b", B - A),
        ("abs(a) < b", B - np.sqrt(A**2)),
        ("max(a, b, c) < d", D - np.sort([A, B, C], axis=0)[2]),
        ("min(a, b, c) < d", D - np.sort([A, B, C], axis=0)[0]),
        ("a < max(b, 0.3)", np.where(B > 0.3, B, 0.3) - A),
        ("slope(a, b, c, d) < 0.05", 0.05 - np.polyfit(range(4), VALUES, 1)[0]),
        ("slope(a, b, c) < d", D - np.polyfit(range(3), [A, B, C], 1)[0]),
        ("slope(a, b) < 1", 1 - (B - A)),
        ("slope(a, 1, b) < c", C - np.polyfit(range(3), [A, np.ones(50), B], 1)[0]),
        # Precedence.
        ("a + b * 3 < d", D - (A + B * 3)),
        ("(a + b) * 3 < d", D - (A + B) * 3),
        ("a - b - c < d", D - A + B + C),
        ("a - (b - c) < d", D - A + B - C),
        ("-a * 3 < c", C + A * 3),
        ("a < abs(b) - abs(c)", np.abs(B) - np.abs(C) - A),
        ("max(a, b) - min(a, b, c) < d", D - np.maximum(A, B) + np.minimum(A, np.minimum(B, C))),
        ("abs(a - b) < 0.25 * abs(c - d)", 0.25 * np.abs(C - D) - np.abs(A - B)),
        ("a - -2 * abs(b) < c", C - A - 2 * np.abs(B)),
        ("a < -max(b, -abs(c))", -np.maximum(B, -np.abs(C)) - A),
        ("max(a, -min(b, c)) < d", D - np.maximum(A, np.maximum(-B, -C))),
    ],
)
def test_the_effect_is_larger_side_minus_smaller_side(text, by_hand):
    (effect,) = effects(text)
    np.testing.assert_allclose(effect, by_hand, rtol=1e-12, atol=1e-14)


def test_a_chain_is_split_into_its_links():
    links = parse("0 < a - b <= 2 * c < d")
    assert [str(link) for link in links] == ["0 < a - b", "a - b < 2 * c", "2 * c < d"]
    expected = [A - B, 2 * C - (A - B), D - 2 * C]
    np.testing.assert_allclose(effects("0 < a - b <= 2 * c < d"), expected, rtol=1e-12)


def test_names_may_have_any_number_of_parts():
    (link,) = parse("abs(bass.input) + -a < slope(mood.mse.bass.conv1, 3, b) * 2")
    assert link.names() == [("bass", "input"), ("a",), ("mood", "mse", "bass", "conv1"), ("b",)]
    values = {"bass.input": A, "a": B, "mood.mse.bass.conv1": C, "b": D}
    (effect,) = effects(str(link), values)
    np.testing.assert_allclose(effect, (D - C) - (np.abs(A) - B), rtol=1e-12, atol=1e-14)


def test_lowest_and_highest_go_through_the_classes():
    values = {"a": A, "x.b": B, "y.b": C, "z.b": D, "x.c": A, "y.c": A, "z.c": A}
    (least,) = effects("a < lowest(b)", values, ["x", "y", "z"])
    np.testing.assert_allclose(least, np.min([B, C, D], axis=0) - A)
    (spread,) = effects("highest(b) - lowest(b) < 1", values, ["x", "y", "z"])
    np.testing.assert_allclose(spread, 1 - np.ptp([B, C, D], axis=0))
    # Within, a difference is that of one class.
    (gain,) = effects("0 < max(lowest(b - c), a)", values, ["x", "y", "z"])
    np.testing.assert_allclose(gain, np.maximum(np.min([B, C, D], axis=0) - A, A))


def test_extremes_within_extremes_stay_few():
    (link,) = parse("abs(highest(b) - highest(c)) < 1")
    assert [len(forms) for forms in effect_of(link, ["x", "y", "z", "w"])] == [8] * 16


def test_a_class_that_a_name_states_goes_before_the_one_that_is_gone_through():
    (link,) = parse("0 < lowest(conv1 - bass.conv1)")
    ((form, _),) = effect_of(link, ["drums", "bass"])
    assert form.coefficients == {("drums", "conv1"): 1, ("drums", "bass", "conv1"): -1}


def test_an_extreme_is_taken_apart_into_alternatives_of_linear_forms():
    """Which a bootstrap leaves unbiased, unlike the extreme itself."""
    (link,) = parse("a < max(b, c)")
    assert [len(forms) for forms in effect_of(link, [])] == [1, 1]
    (link,) = parse("a < min(b, c)")
    assert [len(forms) for forms in effect_of(link, [])] == [2]
    (link,) = parse("abs(a - b) < 0.25 * abs(c)")
    assert [len(forms) for forms in effect_of(link, [])] == [2, 2]
    (link,) = parse("max(a, b) - min(a, b) < 1")
    ((*forms,),) = effect_of(link, [])
    assert sorted(len(form.coefficients) for form in forms) == [0, 0, 2, 2]


def test_single_numbers_give_a_single_effect():
    (effect,) = effects("max(a, b) < 0.5", {"a": np.float64(0.25), "b": np.float64(-1)})
    assert effect.shape == ()
    assert effect == 0.25


@pytest.mark.parametrize(
    "text",
    [
        # No inequality.
        *("", " ", "a", "a - b", "a == b", "a != b", "a > b", "a >= b", "a < b > c"),
        *("a < b == c", "a in b", "a is b", "not a < b", "a < b and b < c"),
        "lambda a: a < b",
        # Nothing to look up.
        *("1 < 2", "0 < 1 < a", "abs(-1) < max(2, 3)"),
        # Two layers of one chain would both be any.
        *("a < any < b", "0 < a < x.any"),
        # Functions.
        *("sqrt(a) < b", "__import__(a) < b", "a.max(b, c) < b", "max(a)(b) < c"),
        *("max(a, b, key=c) < d", "max(*a, b) < c", "max(a, **b) < c", "abs() < a"),
        *("abs(a, b) < c", "max() < a", "max(a) < b", "min(a) < b", "slope() < a"),
        "slope(a) < b",
        # Other expressions.
        *("a / b < c", "a * b < c", "a * abs(b) < c", "lowest(a, b) < c", "highest() < a"),
        *("a ** 2 < b", "+a < b", "~a < b", "'a' < b", "a[0] < b", "max(a, b).conv1 < c"),
        *("a < (lambda: b)", "a < (b if c else d)", "(a < b) < c", "a < [b]", "(a, b) < c"),
        *("a < (b := c)", "True < a", "a < False", "a < None", "a < 1j", "a < 1e999"),
        "a < ...",
        # Syntax errors.
        *("a <", "a < b c", "max(a, b < c", "a < b)", "a <\nb", "a = b", "a < 1.conv1"),
        *("a < b; c < d", "a < 'b"),
    ],
)
def test_anything_else_is_refused_in_one_line_that_names_the_test(text):
    with pytest.raises(InputError, match=f"^{re.escape(f'test {text!r}')}: .*expected") as caught:
        parse(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n", [498, 499])
def test_a_test_has_500_characters_at_most(n):
    text = f"0<{'a' * n}"
    if n == 498:
        assert parse(text)[0].names() == [("a" * n,)]
    else:
        with pytest.raises(InputError, match="500"):
            parse(text)


@pytest.mark.parametrize("within", [("({} + a)", 49), ("abs({})", 49)])
def test_fifty_terms_may_be_within_each_other(within):
    template, n = within
    text = "a"
    for _ in range(n):
        text = template.format(text)
    assert parse(f"0 < {text}")
    with pytest.raises(InputError, match="more than 50 terms are within each other"):
        parse(f"0 < {template.format(text)}")


def test_a_number_too_large_for_a_float_is_none():
    with pytest.raises(InputError, match="is not understood"):
        parse(f"{'9' * 400} < conv1")
