"""Units of measure: which can be converted into each other, and which must not be mixed."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from reportgen.core.sense.numerals import LETTERS, multiplier_of

PERCENT = "%"
POINTS = "百分点"
MONEY = "元"
UNKNOWN = "?"  # 950万: a figure whose unit the writer left out

# dimension → written unit → factor to the dimension's base
_CONVERTIBLE: dict[str, dict[str, str]] = {
    MONEY: {"元": "1", "元人民币": "1"},
    "美元": {"美元": "1"},
    "港元": {"港元": "1"},
    "欧元": {"欧元": "1"},
    "亩": {
        "亩": "1", "平方米": "0.0015", "平米": "0.0015", "㎡": "0.0015", "m2": "0.0015", "m²": "0.0015",
        "公顷": "15", "ha": "15", "平方公里": "1500", "平方千米": "1500", "km2": "1500", "km²": "1500",
    },
    "米": {
        "米": "1", "延米": "1", "m": "1", "公里": "1000", "千米": "1000", "km": "1000", "KM": "1000", "厘米": "0.01",
        "毫米": "0.001", "mm": "0.001",
    },
    "吨": {
        "吨": "1", "t": "1", "公斤": "0.001", "千克": "0.001", "kg": "0.001", "斤": "0.0005", "克": "0.000001",
        "微克": "0.000000000001", "毫克": "0.000000001",
    },
    "吨标准煤": {"吨标准煤": "1", "吨标煤": "1"},
    "立方米": {"立方米": "1", "立方": "1", "方": "1", "m3": "1", "m³": "1", "升": "0.001", "毫升": "0.000001"},
    "千瓦": {
        "瓦": "0.001", "千瓦": "1", "kW": "1", "KW": "1",
        "兆瓦": "1000", "MW": "1000", "吉瓦": "1000000", "GW": "1000000",
    },
    "千瓦时": {"瓦时": "0.001", "千瓦时": "1", "kWh": "1", "度": "1", "度电": "1"},
    "伏": {"伏": "1", "伏安": "1", "kV": "1000"},
    "天": {"天": "1", "日": "1"},
    "工作日": {"个工作日": "1", "工作日": "1"},
    "月": {"个月": "1"},
    "年": {"年": "1"},
    "小时": {"小时": "60", "个小时": "60", "分钟": "1"},
    "课时": {"课时": "1", "学时": "1"},
    PERCENT: {"%": "1", "％": "1", "‰": "0.1"},
    POINTS: {"个百分点": "1", "百分点": "1"},
    "人": {"人": "1", "名": "1", "位": "1"},
    "栋": {"栋": "1", "幢": "1"},
    "株": {"株": "1", "棵": "1"},
    "个": {"个": "1", "村": "1"},
}  # fmt: skip
_COUNTERS = (
    "人次 户次 车次 例次 班次 架次 台次 家次 场次 批次 件次 款次 标段 床位 车位 "
    "泊位 倍 家 户 处 座 台 辆 套 条 项 件 起 次 场 期 批 张 间 所 头 只 "
    "份 篇 部 本 门 堂 对 组 支 队 艘 架 盏 根 口 眼 片 块 宗 笔 例 层 岁 "
    "周 轮 届 类 种 款 档 页 字 封 枚 桶 箱 袋 车 段 床 孔 节 单 分 秒 级 "
    "℃ 列 班 尾 羽 簇 面 樘 扇 台套 台（套） 台(套) 人（次） 人(次) "
)

# Words that count the same things in practice; compared only where the words around them are alike. 个, 家 and 户
# are three different things (projects, firms, households) and stay apart.
_KIN = (
    frozenset({"个", "处", "座", "所", "项", "条"}),
    frozenset({"场", "次", "期", "场次"}),
    frozenset({"件", "起", "宗", "例", "笔", "单"}),
    frozenset({"台", "辆", "部", "套", "台套"}),
    frozenset({"人", "人次"}),
    frozenset({"批", "批次", "次"}),
    frozenset({"张", "床", "床位", "个"}),
    frozenset({"个", "车位", "泊位"}),
)

# What a counting word is not when this character follows: 8处理, 2023年度.
_NOT_BEFORE = {
    "方": "面案式向法便位", "人": "才民均大", "处": "理置罚", "起": "来草诉点步", "场": "地所馆景", "部": "门分署委队",
    "组": "织建长", "支": "持付部出行撑", "所": "有属在以", "本": "月级地区科", "条": "件例", "次": "月年",
    "分": "别之类为批期钟",
    "家": "庭长园", "户": "籍外均", "名": "单称录", "位": "于置次列", "期": "间限末望", "批": "准复发改", "张": "贴",
    "种": "植子粮业养质", "台": "账风", "件": "均", "座": "谈", "度": "假夏冬", "班": "级子", "门": "槛店诊",
    "单": "位独",
    "面": "积向对临", "级": "别", "段": "长", "周": "年边转", "队": "伍员", "车": "辆间站", "口": "岸腔",
    "村": "庄委民级",
}  # fmt: skip

_TABLE: dict[str, tuple[str, Decimal]] = {
    written: (dimension, Decimal(factor))
    for dimension, units in _CONVERTIBLE.items()
    for written, factor in units.items()
} | {written: (written, Decimal(1)) for written in _COUNTERS.split()}

# Dimensions that grow without steps: figures of them may be rounded.
MEASURES = frozenset(
    {MONEY, "美元", "港元", "欧元", "亩", "米", "吨", "吨标准煤", "立方米", "千瓦", "千瓦时", UNKNOWN, PERCENT}
)

_PER = (
    "年", "月", "天", "日", "人", "户", "亩", "平方米", "立方米", "公里", "吨", "小时", "升", "次", "千瓦时",
    "m3", "m³",
)  # fmt: skip
_LATIN = frozenset(LETTERS)


def _by_first() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Return the written units by their first character, the longest first, with what must not follow each."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for word in sorted(_TABLE, key=len, reverse=True):
        found.setdefault(word[0], []).append((word, _LATIN.union(_NOT_BEFORE.get(word, ()))))
    return found


_BY_FIRST = _by_first()


def unit_at(text: str, at: int) -> str:
    """Return the unit that is written at text[at], "" for none."""
    for word, never_before in _BY_FIRST.get(text[at : at + 1], ()):
        if text.startswith(word, at):
            end = at + len(word)
            following = text[end : end + 1]
            if following == "/":
                return word + _per_at(text, end)
            if following not in never_before:
                return word
    return ""


def _per_at(text: str, at: int) -> str:
    """Return /年, /立方米 and the like where it stands at text[at], "" for none."""
    for per in _PER:
        if text.startswith(per, at + 1) and text[at + 1 + len(per) : at + 2 + len(per)] not in _LATIN:
            return f"/{per}"
    return ""


@lru_cache(maxsize=256)
def measured_in(written: str, multiplier: str = "") -> tuple[str, Decimal]:
    """Return (dimension, factor to its base) of a written unit with 万, 亿 … before it; 微克/立方米 is a dimension of
    its own.
    """
    unit, _slash, per = written.partition("/")
    dimension, factor = _TABLE[unit] if unit else (UNKNOWN, Decimal(1))
    return f"{dimension}/{per}" if per else dimension, multiplier_of(multiplier) * factor


def same(one: str, other: str) -> bool:
    """Tell whether figures of two dimensions can be compared as they are."""
    return one == other or UNKNOWN in (one, other)


@lru_cache(maxsize=1024)
def kin(one: str, other: str) -> bool:
    """Tell whether two counting words may count the same things (5座 and 5个), the subject's words allowing."""
    if f"{one}次" == other or one == f"{other}次":  # 81例, 81例次
        return True
    return any(one in group and other in group for group in _KIN)
