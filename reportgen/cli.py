"""The command line: words in, words out, exit status."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen import __version__
from reportgen.click_chinese import ChineseGroup, PeriodType, SeqType, misuse
from reportgen.commands.progress import Doing
from reportgen.core.findings import CannotRun, Code, Finding, cannot_run
from reportgen.core.period import Period
from reportgen.screen_progress import ProgressLine, clear_line

if TYPE_CHECKING:
    from reportgen.commands.collect import Collected
    from reportgen.readers.workspace import Workspace

PROGRAM = "reportgen"
DONE, OPEN_ERRORS, COULD_NOT_RUN = 0, 1, 2

Clock = Callable[[], datetime]

_PERIOD = click.argument("period", type=PeriodType(), metavar="期次")
_JSON = click.option("--json", "as_json", is_flag=True, help="结果写成一个 JSON 对象，供其他程序使用")


@click.group(
    cls=ChineseGroup,
    invoke_without_command=True,
    help="重点工作通报：从空白表到印发稿。\n\n单独运行 reportgen，会说明本期进行到哪一步、下一步做什么。",
    examples=(
        "reportgen init 我区重点工作",
        "reportgen forms 2023-09",
        "reportgen check 2023-09",
        "reportgen build 2023-09",
    ),
)
@click.option("-C", "folder", metavar="文件夹", default=".", help="工作区所在的文件夹，默认为当前文件夹")
@click.option("--version", is_flag=True, help="显示版本")
@click.pass_context
def program(ctx: click.Context, folder: str, version: bool) -> int | None:
    ctx.obj = {**(ctx.obj or {}), "folder": Path(folder)}
    if version:
        click.echo(f"reportgen {__version__}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        from reportgen import screen
        from reportgen.commands.overview import overview

        _say(screen.overview(overview(_workspace(ctx), _now(ctx))))
    return DONE


@program.command(
    "init",
    short_help="新建工作区",
    help="在“文件夹”中新建一个工作区：带注释的设置、模板和空台账。\n\n"
    "用 --from 可从已有的一份通报表（.docx 或 .xlsx）读出任务、单位、领导和当期目标，编成台账；\n"
    "给它去年的工作区（文件夹），则建新一年的：沿用设置、模板、单位和领导，任务空着。",
    examples=(
        "reportgen init 我区重点工作",
        "reportgen init 示例 --demo",
        "reportgen init 我区重点工作 --from 8月份通报表.docx --period 2023-08",
        "reportgen init 2024年重点工作 --from 2023年重点工作",
    ),
)
@click.argument("target", metavar="文件夹")
@click.option("--demo", is_flag=True, help="带上示例月份（虚构的区）")
@click.option("--from", "source", metavar="通报表或旧工作区", help="从这份通报表编台账，或接着这个工作区办新的一年")
@click.option("--period", type=PeriodType(), metavar="期次", help="该通报表的期次，如 2023-08")
@click.pass_context
def _init(ctx: click.Context, target: str, demo: bool, source: str | None, period: Period | None) -> int:
    from reportgen import screen
    from reportgen.commands.init import init_demo, init_empty, init_from_notice, init_from_workspace

    is_workspace = source is not None and Path(source).is_dir()
    if is_workspace and period is not None:
        raise click.UsageError("--from 旧工作区时不用 --period：新的一年接在它最后一年的台账后面。")
    if source is not None and period is None and not is_workspace:
        raise click.UsageError("用 --from 时还要用 --period 指明期次，如 --period 2023-08。")
    if source is None and period is not None:
        raise click.UsageError("--period 要与 --from 一起用。")
    if demo and source is not None:
        raise click.UsageError("--demo 与 --from 只能用一个。")
    folder = ctx.obj["folder"] / target
    if source is not None and period is not None:
        done = init_from_notice(folder, Path(source), period)
    elif source is not None:
        done = init_from_workspace(folder, Path(source))
    else:
        done = init_demo(folder) if demo else init_empty(folder, _now(ctx).year)
    _say(screen.after_init(done, target, period))
    return DONE


@program.command(
    "forms",
    short_help="给每个单位生成空白表",
    help="给本期要填报的每个单位生成一份空白表，写进 output/期次/forms/，并打成 空白表.zip，附 发放清单.xlsx。",
    examples=("reportgen forms 2023-09", "reportgen forms 2023-09 --unit 区水利局 --unit 区教体局"),
)
@_PERIOD
@click.option("--unit", "units", multiple=True, metavar="单位", help="只生成这个单位的表，可写多次")
@click.pass_context
def _forms(ctx: click.Context, period: Period, units: tuple[str, ...]) -> int:
    from reportgen import screen
    from reportgen.commands.forms import forms

    with _held(ctx) as workspace:
        done = forms(workspace, period, units, ProgressLine())
    _say(screen.after_forms(done, period.code))
    return DONE


@program.command(
    "status",
    short_help="各单位报送情况",
    help="列出本期各单位：已报、未报、迟报、需更正。",
    examples=("reportgen status 2023-09", "reportgen status 2023-09 --json"),
)
@_PERIOD
@_JSON
@click.pass_context
def _status(ctx: click.Context, period: Period, as_json: bool) -> int:
    from reportgen import screen
    from reportgen.commands.status import status

    collected = status(_workspace(ctx), period, _now(ctx), ProgressLine())
    _answer(ctx, as_json, collected, (), screen.after_status(collected))
    return DONE


@program.command(
    "check",
    short_help="核查收到的表，列出全部问题",
    help="读取 input/期次/ 中的全部报送表，逐格核查，写出：\n"
    "  output/期次/核查报告.html、核查报告.xlsx\n"
    "  output/期次/退回/  请单位更正的表，错处已在格子上标明，改好后原样报回\n"
    "  output/期次/催报/  未报单位的催报通知，和有电话的 催报名单.xlsx\n\n"
    "有未处理的错误时退出码为 1。",
    examples=("reportgen check 2023-09",),
)
@_PERIOD
@_JSON
@click.pass_context
def _check(ctx: click.Context, period: Period, as_json: bool) -> int:
    from reportgen import screen
    from reportgen.commands.check import check

    with _held(ctx) as workspace:
        done = check(workspace, period, _now(ctx), ProgressLine())
    _answer(ctx, as_json, done.collected, done.outputs, screen.after_check(done))
    return OPEN_ERRORS if done.collected.open_errors else DONE


@program.command(
    "review",
    short_help="生成审定表",
    help="写出 input/期次/审定.xlsx：每项任务一行，列出各单位所报、合并结果和问题，供本室填写审定。\n\n"
    "可以反复运行，已填的审定不会改动。",
    examples=("reportgen review 2023-09",),
)
@_PERIOD
@click.pass_context
def _review(ctx: click.Context, period: Period) -> int:
    from reportgen import screen
    from reportgen.commands.review import review

    with _held(ctx) as workspace:
        done = review(workspace, period, _now(ctx), ProgressLine())
    _say(screen.after_review(done))
    return DONE


@program.command(
    "build",
    short_help="生成通报表（Word 和 Excel）和通报",
    help="合并各单位所报，按审定修改，写出通报表的 Word 和 Excel、印在前面的通报，并读回核对。\n\n"
    "有未处理的错误时不写（退出码 1）；用 --draft 可先出草稿，缺的内容以红字标出。\n"
    "用 --pdf 同时由 LibreOffice 生成 PDF；没有装它的，什么都不写（退出码 2）。",
    examples=(
        "reportgen build 2023-09",
        "reportgen build 2023-09 --draft",
        "reportgen build 2023-09 --pdf",
        "reportgen build 2023-09 --leaders",
    ),
)
@_PERIOD
@click.option("--draft", is_flag=True, help="出草稿，不影响正式的通报表")
@click.option("--leaders", is_flag=True, help="另给每位领导一份本人分管的各行，写进 分送/，供印发前核对")
@click.option("--pdf", is_flag=True, help="同时生成 PDF，需要本机装有 LibreOffice")
@_JSON
@click.pass_context
def _build(ctx: click.Context, period: Period, draft: bool, leaders: bool, pdf: bool, as_json: bool) -> int:
    from reportgen import screen
    from reportgen.commands.build import build

    if draft and leaders:
        raise click.UsageError("--draft 与 --leaders 只能用一个：分送的是正式的通报表。")
    printing = ProgressLine(Doing.PRINTING) if pdf else None
    with _held(ctx) as workspace:
        done = build(workspace, period, _now(ctx), ProgressLine(), draft, printing, leaders)
    _answer(ctx, as_json, done.collected, done.outputs, screen.after_build(done), done.notes)
    return OPEN_ERRORS if done.collected.open_errors else DONE


@program.command(
    "adopt",
    short_help="采用在通报表上的人工修改",
    help="找出写出以后在通报表（Word 或 Excel）的“完成情况”中改过的文字，列给您看，确认后写进 审定.xlsx；"
    "再运行 build，Word 和 Excel 就都是改后的内容。\n\n"
    "别处的改动（标题、其他栏、增删行、表格以外的文字）不采用，逐条列出。通报表本身不动。",
    examples=(
        "reportgen adopt 2023-08 output/2023-08/…通报表.docx",
        "reportgen adopt 2023-08 …通报表（人工修改1）.docx --yes",
    ),
)
@_PERIOD
@click.argument("file", metavar="通报表")
@click.option("--yes", "is_sure", is_flag=True, help="不再询问，直接采用")
@click.pass_context
def _adopt(ctx: click.Context, period: Period, file: str, is_sure: bool) -> int:
    from reportgen import screen_rulings
    from reportgen.commands.adopt import adopt, read_edits

    with _held(ctx) as workspace:
        adoption = read_edits(workspace, period, file, _now(ctx), ProgressLine())
        _say(screen_rulings.adoption(adoption))
        if not adoption.edits:
            return DONE
        if not is_sure and not sys.stdin.isatty():
            _say(screen_rulings.not_adopted(adoption, file))
            return COULD_NOT_RUN
        if not is_sure and not click.confirm("采用以上改动，写进 审定.xlsx？"):
            _say(["没有采用，文件保持原样。"])
            return DONE
        adopt(adoption)
    _say(screen_rulings.after_adopt(adoption))
    return DONE


@program.command(
    "explain",
    short_help="一项任务的来龙去脉",
    help="说明通报表上的一项是怎么来的：台账、每份报送表的文件和单元格、没有采用的表、程序自动改动的每一处、"
    "问题、审定和审定意见、印出的文字。",
    examples=("reportgen explain 2023-08 5",),
)
@_PERIOD
@click.argument("seq", type=SeqType(), metavar="序号")
@click.pass_context
def _explain(ctx: click.Context, period: Period, seq: int) -> int:
    from reportgen import screen_rulings
    from reportgen.commands.explain import explain

    found = explain(_workspace(ctx), period, seq, _now(ctx), ProgressLine())
    _say(screen_rulings.explained(found))
    return DONE


@program.command(
    "proof",
    short_help="付印前检查：行高、字体、漏填，印出来比对",
    help="检查已写好的通报表和通报能不能付印：高过一页的行、印不全的格、这台电脑没有的字体、\n"
    "不在 GB2312 的字、还没填的占位符。装有 LibreOffice 和 poppler 的，还印成 PDF 逐格比对。\n\n"
    "有印不好的行时退出码为 1。",
    examples=("reportgen proof 2023-09",),
)
@_PERIOD
@click.pass_context
def _proof(ctx: click.Context, period: Period) -> int:
    from reportgen import screen_proof
    from reportgen.commands.proof import proof

    done = proof(_workspace(ctx), period, ProgressLine(Doing.TRIAL))
    _say(screen_proof.after_proof(done))
    return OPEN_ERRORS if done.rows_at_risk else DONE


@program.command(
    "trend",
    short_help="逐期对照各项任务",
    help="把今年各期并排列出：每项任务逐期的完成状态，连续未完成、由完成转为未完成、年度目标已完成的加以提示。\n\n"
    "以前各期按当时印出的通报表，本期按现在收到的报送表和审定。",
    examples=("reportgen trend 2023-09", "reportgen trend 2023-09 --units"),
)
@_PERIOD
@click.option("--units", "with_units", is_flag=True, help="另列各单位的完成率、按时率和名次")
@click.option("--leaders", "with_leaders", is_flag=True, help="另列本期各位领导分管任务的数字")
@click.option("--groups", "with_groups", is_flag=True, help="另列本期各组任务的数字")
@click.pass_context
def _trend(ctx: click.Context, period: Period, with_units: bool, with_leaders: bool, with_groups: bool) -> int:
    from reportgen import screen_trend
    from reportgen.commands.trend import trend

    done = trend(_workspace(ctx), period, _now(ctx), ProgressLine())
    _say(screen_trend.after_trend(done, with_units, with_leaders, with_groups))
    return DONE


@program.command(
    "archive",
    short_help="把一期打成一个存档包",
    help="把一期的全部东西打成一个 .zip，写进 output/存档/：报来的表、审定、台账、设置、模板、写出的文件和\n"
    "manifest.json，附有每个文件的指纹。同样的内容，存档包逐字节相同；已有的存档包不会被覆盖。",
    examples=("reportgen archive 2023-09",),
)
@_PERIOD
@click.pass_context
def _archive(ctx: click.Context, period: Period) -> int:
    from reportgen import screen
    from reportgen.commands.archive import archive

    with _held(ctx) as workspace:
        done = archive(workspace, period)
    _say(screen.after_archive(done, workspace.root))
    return DONE


@program.command(
    "verify",
    short_help="查验存档包",
    help="查验存档包：每个文件的指纹、有没有少、有没有多；再在临时文件夹里用包里的东西重新生成一遍，与包里的比较。\n\n"
    "在任何文件夹里都能运行。有问题时退出码为 1。",
    examples=("reportgen verify output/存档/2023-09.zip",),
)
@click.argument("path", metavar="存档包")
@click.pass_context
def _verify(ctx: click.Context, path: str) -> int:
    from reportgen import screen
    from reportgen.commands.verify import verify

    done = verify(Path(path), _now(ctx), ProgressLine())
    _say(screen.after_verify(done))
    return OPEN_ERRORS if done.findings else DONE


def _workspace(ctx: click.Context) -> Workspace:
    from reportgen.readers.workspace import open_workspace

    return open_workspace(ctx.obj["folder"])


@contextmanager
def _held(ctx: click.Context) -> Iterator[Workspace]:
    """Give the workspace to a command that writes, and to nobody else until it is done."""
    from reportgen.writers.lock import held

    workspace = _workspace(ctx)
    with held(workspace.root, ctx.info_name or PROGRAM, _now(ctx)):
        yield workspace


def _now(ctx: click.Context) -> datetime:
    now: datetime = ctx.obj["clock"]()
    return now


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


def _answer(
    ctx: click.Context,
    as_json: bool,
    collected: Collected,
    outputs: Sequence[Path],
    lines: Iterable[str],
    notes: Sequence[Finding] = (),
) -> None:
    """Print the result for people, or as the one object of `--json`."""
    if not as_json:
        _say(lines)
        return
    root = ctx.obj["folder"].resolve()
    paths = [p.resolve().relative_to(root).as_posix() for p in outputs]
    _say_json((*collected.findings, *notes), [unit.as_json() for unit in collected.units], paths)


def _say_json(findings: Iterable[Finding], units: list[dict[str, object]], outputs: list[str]) -> None:
    import json

    answer = {"findings": [finding.as_json() for finding in findings], "units": units, "outputs": outputs}
    click.echo(json.dumps(answer, ensure_ascii=not _speaks_unicode(), indent=1))


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def _misused(error: click.UsageError, words: Sequence[str]) -> CannotRun:
    """Return a usage error as a problem like any other, with the command whose help shows the way."""
    named = [word for word in words if word in program.commands][:1]
    return cannot_run(Code.W14, reason=misuse(error, program.commands), command=" ".join([PROGRAM, *named]))


def _unreadable(error: OSError) -> CannotRun:
    from reportgen.readers.workspace import reason_of

    name = error.filename or "屏幕输出"
    return cannot_run(Code.W08, name=name, reason=reason_of(error))


def _refuse(error: CannotRun, as_json: bool) -> int:
    """Tell why nothing was done, and return the exit status."""
    if as_json:
        _say_json(error.findings, [], [])
        return COULD_NOT_RUN
    from reportgen import screen

    clear_line()
    for line in screen.refusal(error):
        click.echo(line, err=True)
    return COULD_NOT_RUN


def run(words: Sequence[str], clock: Clock = datetime.now) -> int:
    """Run the program with `words` and return its exit status; nothing a user can cause raises."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a GBK console must not stop at ㎡
    as_json = "--json" in words
    try:
        status = program.main(list(words), prog_name=PROGRAM, standalone_mode=False, obj={"clock": clock})
    except click.UsageError as error:
        return _refuse(_misused(error, words), as_json)
    except CannotRun as error:
        return _refuse(error, as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止，文件保持原样。", err=True)
        return COULD_NOT_RUN
    except OSError as error:
        # Without a file it is the output itself that could not be written.
        return _refuse(_unreadable(error), as_json and error.filename is not None)
    return status if isinstance(status, int) else DONE


def look_for_garbage_seldom() -> None:
    """Let Python search for garbage in circles less often.

    A command lives for seconds, and most of what it reads lives to its end: to look through it again and again takes a
    twentieth of the time. The peak of memory stays as it is (docs/performance.md).
    """
    gc.set_threshold(10_000, 20, 10)


def main() -> None:
    """Run the program as the command `reportgen`."""
    look_for_garbage_seldom()
    sys.exit(run(sys.argv[1:]))
