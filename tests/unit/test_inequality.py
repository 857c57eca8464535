import re

import numpy as np
import pytest
from stemlens.errors import InputError
from stemlens.hypotheses.effect import effect_of
from stemlens.hypotheses.inequality import parse

RNG = np.random.default_rng(0)
A, B, C, D = VALUES = RNG.normal(size=(4, 50))
NAMED = dict(zip("abcd", VALUES, strict=True))


def effects(text, values=None):
    """Effect of each link, with the values of a, b, c and d."""
    values = values or NAMED
    return [effect_of(link, lambda name: values[".".join(name)]) for link in parse(text)]


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
        ("a * b < c", C - A * B),
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
        ("a + b * c < d", D - (A + (B * C))),
        ("(a + b) * c < d", D - ((A + B) * C)),
        ("a - b - c < d", D - A + B + C),
        ("a - (b - c) < d", D - A + B - C),
        ("-a * b < c", C + A * B),
        ("a * -b < c", C + A * B),
        ("abs(a - b) < 0.25 * abs(c - d)", 0.25 * np.abs(C - D) - np.abs(A - B)),
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


@pytest.mark.parametrize("function", ["abs({})", "max({}, b)", "min(b, {})", "slope(b, {}, c)"])
def test_what_is_undefined_stays_undefined(function):
    values = {**NAMED, "a": np.where(A > 0, A, np.nan)}
    (effect,) = effects(f"{function.format('a')} < d", values)
    assert np.array_equal(np.isnan(effect), A <= 0)


def test_single_numbers_give_a_single_effect():
    (effect,) = effects("max(a, b) < 0.5", {"a": np.float64(0.25), "b": np.float64(-1)})
    assert effect.shape == ()
    assert effect == 0.25


@pytest.mark.parametrize(
    "text",
    [
        # No inequality.
        "",
        " ",
        "a",
        "a - b",
        "a == b",
        "a != b",
        "a > b",
        "a >= b",
        "a < b > c",
        "a < b == c",
        "a in b",
        "a is b",
        "not a < b",
        "a < b and b < c",
        "lambda a: a < b",
        # Nothing to look up.
        "1 < 2",
        "0 < 1 < a",
        "abs(-1) < max(2, 3)",
        # Functions.
        "sqrt(a) < b",
        "__import__(a) < b",
        "a.max(b, c) < b",
        "max(a)(b) < c",
        "max(a, b, key=c) < d",
        "max(*a, b) < c",
        "max(a, **b) < c",
        "abs() < a",
        "abs(a, b) < c",
        "max() < a",
        "max(a) < b",
        "min(a) < b",
        "slope() < a",
        "slope(a) < b",
        # Other expressions.
        "a / b < c",
        "a ** 2 < b",
        "+a < b",
        "~a < b",
        "'a' < b",
        "a[0] < b",
        "max(a, b).conv1 < c",
        "a < (lambda: b)",
        "a < (b if c else d)",
        "(a < b) < c",
        "a < [b]",
        "(a, b) < c",
        "a < (b := c)",
        "True < a",
        "a < False",
        "a < None",
        "a < 1j",
        "a < ...",
        # Syntax errors.
        "a <",
        "a < b c",
        "max(a, b < c",
        "a < b)",
        "a <\nb",
        "a = b",
        "a < 1.conv1",
        "a < b; c < d",
        "a < 'b",
    ],
)
def test_anything_else_is_refused_in_one_line_that_names_the_test(text):
    with pytest.raises(InputError, match=f"^{re.escape(f'test {text!r}')}: .*expected") as caught:
        parse(text)
    assert "\n" not in str(caught.value)
