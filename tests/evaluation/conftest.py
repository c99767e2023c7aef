from stand_in import fits, untrained  # noqa: F401  Fixtures.
