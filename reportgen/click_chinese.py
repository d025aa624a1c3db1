"""The command line in Chinese: its help, the types of its arguments, and what is wrong with the words given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from reportgen.core.findings import Code, cannot_run
from reportgen.core.period import Period
from reportgen.core.text import nearest

if TYPE_CHECKING:
    _ParamType = click.ParamType[Period]
    _Number = click.ParamType[int]
else:
    _ParamType = _Number = click.ParamType  # older releases of click have no generic one


class Chinese(click.Command):
    """A command whose help is Chinese; `examples` stand at its end."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        self.examples = tuple(examples)
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示本帮助"
        return option

    def get_help(self, ctx: click.Context) -> str:
        params = self.get_params(ctx)
        arguments = [str(p.metavar or p.name) for p in params if isinstance(p, click.Argument)]
        options = [p for p in params if isinstance(p, click.Option) and not p.hidden]
        usage = " ".join([ctx.command_path, *self.usage_words(), *arguments, "[选项]"])
        lines = [f"用法：{usage}", "", *(self.help or "").strip().splitlines(), *self.more_help(ctx), "", "选项："]
        pairs = [("、".join(o.opts) + (f" {o.metavar}" if o.metavar else ""), o.help or "") for o in options]
        lines += _aligned(pairs)
        if self.examples:
            lines += ["", "例：", *(f"  {example}" for example in self.examples)]
        return "\n".join(lines)

    def usage_words(self) -> list[str]:
        """Return what stands between the program's name and its arguments."""
        return []

    def more_help(self, ctx: click.Context) -> list[str]:
        """Return lines between the description and the options."""
        return []


class ChineseGroup(Chinese, click.Group):
    """The program itself, which lists its commands in the order of a month."""

    command_class = Chinese

    def usage_words(self) -> list[str]:
        return ["[-C 文件夹]", "命令"]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def more_help(self, ctx: click.Context) -> list[str]:
        pairs = [(name, (command.short_help or "")) for name, command in self.commands.items()]
        return ["", "命令：", *_aligned(pairs), "", "每个命令的说明和例子：reportgen 命令 --help"]


def _aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    from unicodedata import east_asian_width

    def width(text: str) -> int:
        return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)

    rows = list(pairs)
    widest = max((width(left) for left, _right in rows), default=0)
    return [f"  {left}{' ' * (widest - width(left))}  {right}".rstrip() for left, right in rows]


class PeriodType(_ParamType):
    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        if isinstance(value, Period):
            return value
        try:
            return Period.parse(value)
        except ValueError:
            raise cannot_run(Code.W06, value=value) from None


class SeqType(_Number):
    name = "seq"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).removeprefix("第").removesuffix("项")
        if not (text.isascii() and text.isdigit()):
            raise click.UsageError(f"“{value}”不是序号。序号写作数字，如 5。")
        return int(text)


def misuse(error: click.UsageError, commands: Iterable[str]) -> str:
    """Return what is wrong with the words; `commands` are those there are.

    What the program itself raised is Chinese already.
    """
    if isinstance(error, click.NoSuchOption):
        near = f"是否为 {error.possibilities[0]}？" if error.possibilities else ""
        return f"没有选项 {error.option_name}。{near}"
    if isinstance(error, click.MissingParameter):
        return f"缺少“{error.param.metavar if error.param else ''}”。"
    if isinstance(error, click.BadOptionUsage):
        takes_none = error.message.endswith("does not take a value.")
        return f"选项 {error.option_name} 后面{'不应有' if takes_none else '缺少'}内容。"
    if error.message.startswith("No such command"):
        wanted = error.message.split("'")[1]
        near_name = nearest(wanted, commands)
        return f"没有命令“{wanted}”。" + (f"是否为 {near_name}？" if near_name else "")
    if error.message.startswith("Got unexpected extra argument"):
        extra = error.message.partition("(")[2].removesuffix(")")
        return f"多出的内容：{extra}。"
    return error.message
