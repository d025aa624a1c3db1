"""A click program with as many commands as reportgen and nothing in them: what `--help` cannot be faster than."""

from __future__ import annotations

import sys

import click

program = click.Group()
for _number in range(int(sys.argv.pop(1))):
    program.add_command(click.Command(f"command{_number}", help="A command."))

if __name__ == "__main__":
    program()
