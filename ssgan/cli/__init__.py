"""The command line: options and commands, and no logic."""

from ssgan.cli.app import main

__all__ = ["main"]
