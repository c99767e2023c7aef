"""Fractions as text in per cent."""

# Of so many examples, errors in per cent have one decimal, and two.
DECIMALS = (100, 1000)


def percent(fraction, n=0, sign=" %"):
    """Return a fraction of n examples in per cent, without decimals that say nothing.

    An estimate for new examples has no n. Within 1 % of all or none it has a decimal,
    or more where it would be rounded to all or none.
    """
    part = 100 * fraction
    digits = sum(n >= least for least in DECIMALS)
    if min(abs(part), abs(100 - part)) < 1e-6:
        return f"{part:.0f}{sign}"
    if not digits and min(part, 100 - part) < 1:
        digits = 0 if f"{part:.1f}" in ("1.0", "99.0") else 1
    while f"{part:.{digits}f}" in (f"{0:.{digits}f}", f"{100:.{digits}f}"):
        digits += 1
    return f"{part:.{digits}f}{sign}"


def interval_of(low, high, n=0):
    """Return the 95 % interval of a fraction of n examples, as text."""
    return f"95 % interval {percent(low, n, sign='')} to {percent(high, n)}"
