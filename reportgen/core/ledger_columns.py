"""The sheets and columns of the ledger workbook (台账): one table for its reader, its writer and its instructions."""

from __future__ import annotations

import re

from msgspec import Struct

from reportgen.core import fields as keys
from reportgen.core.period import Period
from reportgen.core.text import fold

TASKS = "任务"
UNITS = "单位"
LEADERS = "领导"
SCHEDULES = "期次"
GUIDE = "填写说明"

DIVISION, GROUP, START, END = "division", "group", "start", "end"
NAME, ALIASES, MEMBERS, CONTACT, PHONE, EMAIL = "name", "aliases", "members", "contact", "phone", "email"
POST = "post"
PERIOD, DEADLINE, ISSUE_DATE, BASIS = "period", "deadline", "issue_date", "basis"


class Column(Struct, frozen=True):
    """A column of a ledger sheet; `needed` when the sheet cannot do without it, `width` in Excel's units."""

    key: str
    heading: str
    hint: str
    example: str
    width: float
    aliases: tuple[str, ...] = ()
    needed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (self.heading, *self.aliases)


_START_NAMES, _END_NAMES = ("开始", "起始期"), ("结束", "截止期")

TASK_COLUMNS = (
    Column(
        keys.SEQ,
        "序号",
        "正整数，不重复。行的先后就是印出的先后。年中有改动的，同一序号可以写两行：前一行填“止”，后一行填“起”。",
        "1",
        7,
        ("编号",),
        needed=True,
    ),
    Column(
        keys.ANNUAL_TARGET,
        "年度目标任务",
        "照文件原文抄录。",
        "实施城区雨污分流改造12公里，年底前全部完工。",
        42,
        ("年度目标", "年度任务", "年度工作任务", "年度重点任务"),
        needed=True,
    ),
    Column(
        keys.LEADERS,
        "分管区领导",
        "一行一位（同一单元格内按 Alt+Enter 换行），姓名要在“领导”表中。姓名中间的空格不影响，印出时两个字的自动隔开。",
        "林知远\n高  远",
        14,
        ("区领导", "分管领导", "责任领导"),
        needed=True,
    ),
    Column(
        keys.UNITS,
        "责任单位",
        "一行一个单位（Alt+Enter 换行），名称或简称要在“单位”表中。牵头单位后面写（牵头），至多一个；"
        "都不写时由第一个单位填报。只提供数据、不用填报的写成：区统计局提供数据。只有一个单位时可从下拉列表中选。",
        "区住建局（牵头）\n区水利局\n区统计局提供数据",
        26,
        ("责任部门", "承办单位"),
        needed=True,
    ),
    Column(
        DIVISION,
        "分工",
        "可不填。目标中带标签的各部分由不同单位填报时，一行一条：标签 = 单位。没有写到的标签由牵头单位填报。",
        "雨污分流 = 区住建局\n河道清淤 = 区水利局",
        26,
    ),
    Column(GROUP, "分组", "可不填。相邻几行填一样的文字，通报表在它们上面印一行小标题。", "一、稳增长促投资", 18),
    Column(START, "起", "可不填。从这一期起才要求填报、才印出。写作 2023-09。", "2023-09", 11, _START_NAMES),
    Column(END, "止", "可不填。这一期以后不再要求填报、不再印出。写作 2023-06。", "2023-06", 11, _END_NAMES),
)
TARGET_WIDTH = 34.0
TARGET_HINT = "这一期要达到的目标。空着的，这一期不要求填报。列名可以是某月份、第几季度、上半年、全年。"
TARGET_EXAMPLE = "雨污分流：累计完成改造7公里。河道清淤：完成招标。"

UNIT_COLUMNS = (
    Column(
        NAME,
        "名称",
        "单位的全称，不重复。行的先后就是名单和统计的先后。",
        "区住房和城乡建设局",
        30,
        ("单位名称", "单位"),
        True,
    ),
    Column(
        ALIASES,
        "简称",
        "可不填。别的叫法，一行一个；只用来认单位，印出时仍照“任务”表的写法。",
        "区住建局",
        22,
        ("别名",),
    ),
    Column(
        MEMBERS,
        "包含",
        "只有代表几个单位的一行才填，例如“各镇（街道）”：一行一个单位，都要在本表中。",
        "澜语街道办事处\n禾笙镇人民政府",
        24,
        ("成员", "包含单位"),
    ),
    Column(CONTACT, "联系人", "可不填。", "周明", 12),
    Column(PHONE, "电话", "可不填。", "0000-5550101", 18, ("联系电话",)),
    Column(EMAIL, "邮箱", "可不填。", "zjj@example.com", 26, ("电子邮箱",)),
    Column(START, "起", "可不填。年中新设的单位，从这一期起才有。写作 2023-09。", "2023-09", 11, _START_NAMES),
    Column(
        END,
        "止",
        "可不填。年中撤并、改名的单位，到这一期为止：以后各期，任务里写着的也不印、不填报。接替的单位另写一行，填“起”；"
        "任务的责任单位里两个都写上，以前各期仍照原来的印。",
        "2023-08",
        11,
        _END_NAMES,
    ),
)
LEADER_COLUMNS = (
    Column(NAME, "姓名", "不重复。行的先后就是统计的先后。", "高远", 14, ("领导姓名",), needed=True),
    Column(POST, "职务", "可不填。", "区委常委、常务副区长", 34),
    Column(START, "起", "可不填。年中到任的，从这一期起才印。写作 2023-09。", "2023-09", 11, _START_NAMES),
    Column(
        END,
        "止",
        "可不填。年中离任的，到这一期为止：以后各期，任务里写着的也不印。任务的分管区领导里把前后两位都写上，各期自动印在任的。",
        "2023-08",
        11,
        _END_NAMES,
    ),
)
SCHEDULE_COLUMNS = (
    Column(
        PERIOD,
        "期",
        "一期一行，写作 2023-08、2023-Q3、2023-H1 或 2023。",
        "2023-08",
        12,
        ("期次", "报送期"),
        needed=True,
    ),
    Column(
        DEADLINE,
        "截止时间",
        "各单位报送的截止时间，印在空白表上，过后收到的算迟报。只写日期的，算到当天最后一分钟。",
        "2023-09-02 12:00",
        22,
        ("报送截止", "报送截止时间"),
    ),
    Column(ISSUE_DATE, "通报日期", "印在通报的落款处。", "2023-09-06", 16, ("印发日期",)),
    Column(BASIS, "依据", "可不填。印在通报开头的文件名称。", "《2023年重点任务分解方案》", 44, ("通报依据",)),
)
# Columns that clerks keep for themselves; nothing is said of them.
OWN_NOTES = ("备注", "说明")

_TARGET = re.compile(r"(?:(\d{4})年)?(.+?)(?:工作)?目标(?:任务)?")


def target_heading(period: Period) -> str:
    """Return the heading of the column that holds the targets of `period`: 8月份目标任务."""
    return f"{period.label}目标任务"


def target_period(heading: str, year: int) -> Period | None:
    """Return the period of `year` whose targets a column holds, by its heading; None when it names no period of it."""
    match = _TARGET.fullmatch(fold(heading))
    if not match or (match.group(1) and int(match.group(1)) != year):
        return None
    return Period.from_label(match.group(2), year)
