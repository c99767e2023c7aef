from stand_in import fits  # noqa: F401  A fixture.
