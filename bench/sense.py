"""How many contradictions the sense checks notice, and how often they are wrong.

Real rows (REPORTGEN_REFERENCE) are made to contradict themselves by changing a figure, a status or a sentence, with a
fixed seed; without that variable the consistent made-up rows of tests/sense_cases.yaml are changed instead. What the
rows say of each other (which figure answers which) is written down here by hand or by a plain rule, never asked of
the checks themselves. `caught` is a warning on the row that quotes the two figures.

    PYTHONPATH=. python bench/sense.py [--misses]
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import yaml
from msgspec import Struct
from msgspec.structs import replace

from reportgen.core.fields import Status, StatusClass, Statuses
from reportgen.core.findings import Finding, Severity
from reportgen.core.parts import split_parts
from reportgen.core.period import Period
from reportgen.core.sense import SenseContext, SenseRow, row_findings

SEED = 20230905
CASES = Path(__file__).parent.parent / "tests" / "sense_cases.yaml"
STATUSES = Statuses(
    (Status("完成", StatusClass.MET), Status("部分完成", StatusClass.PARTLY), Status("未完成", StatusClass.NOT))
)
WHOLE_UNITS = (*tuple("个家户人名处座亩张场次件套台辆%"), "公里", "万元", "亿元", "万吨", "立方")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

# (row, n-th number of the target, n-th number of the answer): the answer's figure that speaks of the target's
PAIRS = (
    (1, 0, 0), (4, 0, 0), (5, 0, 0), (10, 0, 0), (11, 0, 1), (15, 0, 1), (17, 0, 2), (18, 3, 3), (21, 0, 0),
    (21, 1, 3), (22, 0, 0), (22, 1, 1), (22, 2, 2), (22, 3, 3), (28, 1, 1), (28, 4, 6), (42, 0, 0), (42, 1, 1),
    (42, 2, 2), (43, 0, 2), (46, 0, 1), (49, 0, 0), (51, 1, 1), (51, 2, 3), (51, 3, 4), (51, 4, 5), (55, 0, 0),
    (58, 0, 0), (59, 1, 1), (60, 0, 0), (62, 2, 6), (62, 4, 9), (67, 0, 0), (67, 1, 1), (70, 2, 2), (72, 0, 0),
    (72, 2, 1), (72, 3, 2), (73, 1, 1), (73, 6, 5), (73, 7, 6), (85, 0, 0), (104, 2, 2), (111, 0, 0),
    (111, 1, 1), (113, 0, 0), (119, 0, 1), (123, 0, 0), (123, 1, 1),
)  # fmt: skip
SHORT = ((7, 0, 2), (16, 0, 0), (16, 1, 1), (16, 2, 4), (63, 0, 4), (79, 0, 3), (103, None, 2))  # reported as not done
SUMS = (
    (6, 1, (2, 3)), (12, 1, (2, 3, 4, 5, 6)), (12, 9, (10, 11, 12, 13, 14, 15, 16)), (16, 1, (2, 3)),
    (16, 4, (6, 7, 8, 9)), (124, 1, (2, 3)), (124, 4, (5, 6)),
)  # fmt: skip
SHARES = ((17, 1, 2), (62, 3, 4), (62, 6, 7), (62, 9, 10), (99, 5, 6), (103, 1, 2))  # (row, part, percentage)
PARTS = ((121, 4, 5), (45, 0, 1), (22, 2, 0), (67, 1, 0), (63, 3, 1), (63, 4, 2))  # (row, whole, part)
TOTALS = ((11, 1), (15, 1), (22, 2), (22, 3), (28, 1), (28, 6), (51, 1), (51, 3), (67, 1), (79, 3), (103, 1), (122, 3))
STEPS = ((22, 2, 0), (22, 3, 1), (67, 1, 0), (63, 3, 1), (63, 4, 2))  # (row, cumulative, the month's own)


class Case(Struct, frozen=True):
    """A changed row and the figures that a warning must quote (any one tuple of `figures`; none: no warning)."""

    kind: str
    row: SenseRow
    figures: tuple[tuple[str, ...], ...] = ()


def reference_rows(folder: Path) -> tuple[dict[int, SenseRow], SenseContext]:
    month = json.loads((folder / "notice-2023-08.json").read_text(encoding="utf-8"))
    rows = {
        r["seq"]: SenseRow(
            r["seq"], r["units"][0]["name"], r["month_target"], r["status"], r["completion"], r["annual_target"],
            labels=labels_of(r["month_target"]),
        )
        for r in month["rows"]
    }  # fmt: skip
    return rows, SenseContext(Period.parse(month["period"]), STATUSES)


def made_up_rows(half: str = "") -> tuple[dict[int, SenseRow], SenseContext]:
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    rows = {at: row_of(case, at) for at, case in enumerate(cases["consistent"], 1) if half in ("", case["half"])}
    return rows, SenseContext(Period.parse(cases["period"]), STATUSES)


def row_of(case: dict[str, str], seq: int) -> SenseRow:
    return SenseRow(
        seq, "", case["target"], case["status"], case["text"], case.get("annual", ""),
        last_completion=case.get("last", ""), labels=labels_of(case["target"]),
    )  # fmt: skip


def labels_of(target: str) -> tuple[str, ...]:
    return tuple(part.label for part in split_parts(target) if part.label)


def numbers(text: str) -> list[re.Match[str]]:
    return list(NUMBER.finditer(text))


def at(text: str, index: int) -> str:
    return numbers(text)[index].group()


def put(text: str, index: int, new: str) -> str:
    match = numbers(text)[index]
    return text[: match.start()] + new + text[match.end() :]


def plain_pairs(rows: dict[int, SenseRow]) -> Iterator[tuple[int, int, int]]:
    """Yield the figures whose two following characters stand once in the target and once in the answer."""
    for seq, row in rows.items():
        if row.status != "完成" or re.search("以内|以下|不超过|不高于|下降|降至|压缩", row.target):
            continue
        wanted, given = numbers(row.target), numbers(row.completion)

        def unit(text: str, match: re.Match[str]) -> str:
            return re.split(r"[，。；、以左]", text[match.end() : match.end() + 2])[0]

        for i, one in enumerate(wanted):
            name = unit(row.target, one)
            same = [j for j, other in enumerate(given) if unit(row.completion, other) == name]
            asked = sum(unit(row.target, other) == name for other in wanted)
            if name not in WHOLE_UNITS or len(same) != 1 or asked != 1:
                continue
            if float(given[same[0]].group()) >= float(one.group()) >= 1:
                yield seq, i, same[0]


def scaled(text: str, factor: float) -> str:
    """Return a printed number times a factor, with the decimals it had; never the same number."""
    value = Decimal(text)
    places = -int(value.as_tuple().exponent)
    new = (value * Decimal(str(factor))).quantize(Decimal(1).scaleb(-places))
    if new == value:
        new += Decimal(1).scaleb(-places) * (1 if factor > 1 else -1)
    return str(new)


def below_cases(rows: dict[int, SenseRow], pairs: list[tuple[int, int, int]], rng: random.Random) -> Iterator[Case]:
    for seq, t, c in pairs:
        row = replace(rows[seq], status="完成")
        wanted, given = at(row.target, t), at(row.completion, c)
        low = scaled(wanted, rng.choice((0.35, 0.6, 0.8, 0.9, 0.96)))
        if Decimal(low) > 0 and low != wanted:
            yield Case("answer lowered", replace(row, completion=put(row.completion, c, low)), ((wanted, low),))
        high = scaled(given, rng.choice((1.04, 1.2, 1.5, 2.5)))
        if not (row.target[numbers(row.target)[t].end()] == "%" and Decimal(high) > 100):
            yield Case("target raised", replace(row, target=put(row.target, t, high)), ((high, given),))
        yield from reworded(row, t, c, rng)


UNITS = (
    ("亿元", "万元", 10000),
    ("万元", "亿元", 0.0001),
    ("万元", "元", 10000),
    ("亩", "公顷", 1 / 15),
    ("万千瓦", "兆瓦", 10),
)
CHINESE = "零一二三四五六七八九"


def chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 1 else CHINESE[tens]) + "十" + (CHINESE[ones] if ones else "") if tens else CHINESE[ones]


def reworded(row: SenseRow, t: int, c: int, rng: random.Random) -> Iterator[Case]:
    """Yield a figure below the target in another unit, in Chinese numerals, or in a sentence of its own."""
    wanted = at(row.target, t)
    low = scaled(wanted, rng.choice((0.5, 0.75, 0.9)))
    match = numbers(row.completion)[c]
    rest = row.completion[match.end() :]
    if Decimal(low) <= 0 or low == wanted:
        return
    for old, new, factor in UNITS:
        if rest.startswith(old):
            value = f"{float(low) * factor:.5f}".rstrip("0").rstrip(".")
            text = row.completion[: match.start()] + value + new + rest[len(old) :]
            yield Case("other unit", replace(row, completion=text), ((wanted, value),))
            break
    if rest[:1] == "%":
        text = row.completion[: match.start()] + "百分之" + (chinese(int(float(low)))) + rest[1:]
        yield Case("Chinese numeral", replace(row, completion=text), ((wanted, chinese(int(float(low)))),))
    elif "." not in low and int(low) < 100 and rest[:1] not in "万亿":
        text = row.completion[: match.start()] + chinese(int(low)) + rest
        yield Case("Chinese numeral", replace(row, completion=text), ((wanted, chinese(int(low))),))
    start = max(row.completion.rfind(mark, 0, match.start()) for mark in "，。；：、") + 1
    if re.search(r"\d", row.completion[start : match.start()]):
        return
    ahead = rng.choice(("目前仅", "因施工进度影响，", "实际", "截至本月底，共"))
    text = row.completion[:start] + ahead + row.completion[start : match.start()] + low + rest
    yield Case("sentence changed", replace(row, completion=text), ((wanted, low),))


def status_cases(rows: dict[int, SenseRow], pairs: list[tuple[int, int, int]]) -> Iterator[Case]:
    by_row: dict[int, list[tuple[str, str]]] = {}
    for seq, t, c in pairs:
        by_row.setdefault(seq, []).append((at(rows[seq].target, t), at(rows[seq].completion, c)))
    for seq, quotes in by_row.items():
        if rows[seq].status == "完成":
            yield Case("完成 → 未完成", replace(rows[seq], status="未完成"), tuple(quotes))
            if len(re.findall("[。；]", rows[seq].target)) <= len(quotes):  # no sentence without a figure
                yield Case("完成 → 部分完成", replace(rows[seq], status="部分完成"), tuple(quotes))
    for seq, t, c in SHORT if 16 in rows and 124 in rows else ():
        wanted = "2/3" if t is None else at(rows[seq].target, t)
        yield Case("未完成 → 完成", replace(rows[seq], status="完成"), ((wanted, at(rows[seq].completion, c)),))


def direction_cases(rows: dict[int, SenseRow]) -> Iterator[Case]:
    for row in rows.values():
        for index, match in enumerate(numbers(row.target)):
            if not re.search("增长$", row.target[: match.start()]) or row.target[match.end() : match.end() + 1] != "%":
                continue
            subject = re.split("[，。；]", row.target[: match.start()])[-1].replace("增长", "").replace("同比", "")
            for text in (f"{subject}同比下降{match.group()}%。", f"{subject}增速为-{scaled(match.group(), 0.5)}%。"):
                figure = at(text, 0)
                new = replace(row, status="完成", completion=text, target=f"{subject}增长{match.group()}%。")
                yield Case("direction", new, ((at(row.target, index), figure),))


def sum_cases(rows: dict[int, SenseRow], rng: random.Random) -> Iterator[Case]:
    for seq, total, parts in SUMS:
        row = rows[seq]
        for part in parts:
            old = at(row.completion, part)
            new = scaled(old, rng.choice((1.3, 1.6, 0.7, 0.5)))
            if Decimal(new) > 0:
                yield Case(
                    "part of a sum",
                    replace(row, completion=put(row.completion, part, new)),
                    ((at(row.completion, total), new),),
                )
        for factor in (1.1, 0.9, 1.3):
            new = scaled(at(row.completion, total), factor)
            yield Case(
                "whole of a sum",
                replace(row, completion=put(row.completion, total, new)),
                ((new, at(row.completion, parts[0])),),
            )


def share_cases(rows: dict[int, SenseRow], rng: random.Random) -> Iterator[Case]:
    for seq, part, percent in SHARES:
        row = rows[seq]
        for index in (part, percent, part, percent):
            text = put(row.completion, index, scaled(at(row.completion, index), rng.choice((0.7, 0.85, 0.93, 1.06))))
            yield Case("percentage", replace(row, completion=text), ((at(text, part), at(text, percent)),))


def part_cases(rows: dict[int, SenseRow]) -> Iterator[Case]:
    for seq, whole, part in PARTS:
        row = rows[seq]
        for factor in (1.05, 1.5):
            new = scaled(at(row.completion, whole), factor)
            text = put(row.completion, part, new)
            yield Case("part above whole", replace(row, completion=text), ((at(text, whole), new),))


def month_cases(rows: dict[int, SenseRow]) -> Iterator[Case]:
    for seq, total in TOTALS:
        row = rows[seq]
        for factor in (1.03, 1.4):
            more = scaled(at(row.completion, total), factor)
            last = put(row.completion, total, more).replace("8月", "7月").replace("1-8月", "1-7月")
            yield Case("fell since last", replace(row, last_completion=last), ((more, at(row.completion, total)),))
    for seq, total, own in STEPS:
        row = rows[seq]
        sum_, step = Decimal(at(row.completion, total)), Decimal(at(row.completion, own))
        for off in (Decimal("1.5"), Decimal("0.4")):
            before = str((sum_ - step * off).quantize(sum_))
            if Decimal(before) + step == sum_:
                continue
            last = put(row.completion, total, before).replace("8月", "7月")
            yield Case("last + month", replace(row, last_completion=last), ((before, at(row.completion, total)),))


def harmless_cases(
    rows: dict[int, SenseRow], pairs: list[tuple[int, int, int]], rng: random.Random, is_reference: bool
) -> Iterator[Case]:
    """Yield rows that stay consistent: a figure above the target, in another unit or in Chinese numerals."""
    for seq, _t, c in pairs:
        row = rows[seq]
        match = numbers(row.completion)[c]
        rest = row.completion[match.end() :]
        more = scaled(match.group(), rng.choice((1.02, 1.1)))
        related = {(s, i) for s, total, parts in SUMS for i in (total, *parts)} | {
            (s, i) for s, part, percent in SHARES for i in (part, percent)
        }
        if (
            (seq, c) in related
            or (not is_reference and "%" in row.completion)
            or (rest[:1] == "%" and Decimal(more) > 100)
        ):
            continue
        yield Case("figure raised", replace(row, completion=put(row.completion, c, more)))
        for old, new, factor in UNITS:
            if rest.startswith(old):
                value = f"{float(match.group()) * factor:.6f}".rstrip("0").rstrip(".")
                yield Case(
                    "other unit",
                    replace(row, completion=row.completion[: match.start()] + value + new + rest[len(old) :]),
                )
                break
        if "." not in match.group() and 1 < int(match.group()) < 100 and rest[:1] not in "万亿%期":
            text = row.completion[: match.start()] + chinese(int(match.group())) + rest
            yield Case("Chinese numeral", replace(row, completion=text))


def warnings_of(row: SenseRow, context: SenseContext) -> list[Finding]:
    return [f for f in row_findings(row, context) if f.severity is Severity.WARNING]


def is_caught(case: Case, context: SenseContext) -> bool:
    """Tell whether one warning quotes the two figures, each as a number of its own."""
    for found in warnings_of(case.row, context):
        quoted = f"{found.values['first']}|{found.values['second']}"
        for figures in case.figures:
            if all(re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.]*\d)", quoted) for figure in figures):
                return True
    return False


def contradictions(rows: dict[int, SenseRow], is_reference: bool) -> list[Case]:
    rng = random.Random(SEED)
    pairs = list(PAIRS) if is_reference else list(plain_pairs(rows))
    cases = [*below_cases(rows, pairs, rng), *status_cases(rows, pairs), *direction_cases(rows)]
    if is_reference:
        cases += [*sum_cases(rows, rng), *share_cases(rows, rng), *part_cases(rows), *month_cases(rows)]
    return cases


def main() -> None:
    folder = os.environ.get("REPORTGEN_REFERENCE", "")
    rows, context = reference_rows(Path(folder)) if folder else made_up_rows()
    cases = contradictions(rows, bool(folder))
    known = {seq: {f.message for f in warnings_of(row, context)} for seq, row in rows.items()}
    print(f"{len(cases)} contradictions made from {len({c.row.seq for c in cases})} of {len(rows)} rows")
    made, caught = Counter(c.kind for c in cases), Counter(c.kind for c in cases if is_caught(c, context))
    for kind in made:
        print(f"  {kind:<18}{caught[kind]:>4} of {made[kind]:>3}")
    print(
        f"  {'all':<18}{sum(caught.values()):>4} of {sum(made.values()):>3} = {sum(caught.values()) / len(cases):.1%}"
    )
    pairs = list(PAIRS) if folder else list(plain_pairs(rows))
    harmless = list(harmless_cases(rows, pairs, random.Random(SEED), bool(folder)))
    alarms = [(c, w) for c in harmless for w in warnings_of(c.row, context) if w.message not in known[c.row.seq]]
    print(f"{len(harmless)} harmless changes: {len(alarms)} false warnings")
    print(f"rows as they are: {sum(map(len, known.values()))} warnings")
    if "--misses" in sys.argv:
        for case in cases:
            if not is_caught(case, context):
                print(
                    "missed", case.kind, case.row.seq, case.figures, [w.message for w in warnings_of(case.row, context)]
                )
        for case, warning in alarms:
            print("false", case.kind, case.row.seq, warning.message)
    started = time.perf_counter()
    many = [replace(row, seq=n) for n in range(-(-1000 // len(rows))) for row in rows.values()][:1000]
    for row in many:
        row_findings(row, context)
    print(f"1000 rows in {time.perf_counter() - started:.2f} s")


if __name__ == "__main__":
    main()
