"""The command line: options and commands, and no logic."""

import pkgutil

from ssgan.cli.app import main

__all__ = ["main", *(module.name for module in pkgutil.iter_modules(__path__))]
