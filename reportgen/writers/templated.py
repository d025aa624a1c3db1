"""Shared by the writers of texts: templates of the workspace in jinja2's sandbox, mistakes told with their lines."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

from reportgen.core.findings import CannotRun, Code, Finding, Place, cannot_run, shortened
from reportgen.core.text import nearest

_RESTORE = "改乱了的，可用 reportgen init 新建一个工作区，把其中的 {name} 复制过来。"
# An expression may raise whatever Python's operators and methods raise.
_RAISED = (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError)


def rendered(template: bytes, name: str, values: Mapping[str, object], is_html: bool = False) -> str:
    """Return the template called `name`, filled in; in HTML every value is escaped.

    Raises CannotRun with all that is wrong with the template.
    """
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.meta import find_undeclared_variables
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        autoescape=is_html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    text = _decoded(template, name)
    try:
        known = {*values, *environment.globals}
        unknown = sorted(find_undeclared_variables(environment.parse(text)) - known)
        if unknown:
            raise CannotRun(_unknown(word, text, name, values) for word in unknown)
        return environment.from_string(text).render(values)
    except TemplateSyntaxError as error:
        raise _broken(name, error.lineno, "花括号里的写法不对，或 for、if 没有成对。") from error
    except (TemplateError, *_RAISED) as error:
        lines = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == "<template>"]
        raise _broken(name, lines[-1] if lines else None, f"花括号里算不出结果（{shortened(str(error))}）。") from error


def _decoded(template: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):  # old Windows editors save Chinese text as GBK
        try:
            return template.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    raise _broken(name, None, "文字编码认不出来，请另存为 UTF-8。")


def _unknown(word: str, text: str, name: str, values: Mapping[str, object]) -> Finding:
    line = next((number for number, line in enumerate(text.splitlines(), 1) if word in line), 1)
    like = nearest(word, values)
    advice = (f"是不是“{like}”？" if like else "") + f"可用的有：{'、'.join(values)}。"
    return Finding(Code.T01, Place(name, line=line), values={"reason": f"不认识“{word}”。", "advice": advice})


def _broken(name: str, line: int | None, reason: str) -> CannotRun:
    return cannot_run(Code.T01, Place(name, line=line or 0), reason=reason, advice=_RESTORE.format(name=name))
