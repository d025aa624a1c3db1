"""Findings (问题): what is wrong, where, and what to do. Each message of the program's checks stands here once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

from msgspec import Struct
from msgspec import field as dataclass_field

from reportgen.core.text import column_letters


class Severity(Enum):
    """How serious a finding is; an open ERROR stops a final build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def label(self) -> str:
        return {"error": "错误", "warning": "警告", "note": "提示"}[self.value]

    @property
    def rank(self) -> int:
        return {"error": 0, "warning": 1, "note": 2}[self.value]


class Place(Struct, frozen=True, order=True):
    """A cell (file, sheet, row, column from 1), a line of a text file, a whole file, or nowhere (no file)."""

    file: str = ""
    sheet: str = ""
    row: int = 0
    column: int = 0
    line: int = 0

    @property
    def cell(self) -> str:
        """The cell as Excel names it (D7), a row as 第7行, "" without one."""
        if self.row and self.column:
            return f"{column_letters(self.column)}{self.row}"
        return f"第{self.row}行" if self.row else ""

    def __str__(self) -> str:
        if self.line:
            return f"{self.file} 第{self.line}行"
        return " ".join(word for word in (self.file, self.sheet and f"“{self.sheet}”", self.cell) if word)


NOWHERE = Place()

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_DISCARD = "不需要的文件请移入“作废”文件夹。"


class Code(Enum):
    """The checks: stable id = (severity, message, hint), all texts filled from a finding's `values`.

    Where a unit has to be told something else than the office, that hint comes fourth.
    """

    # the workspace and the machine: the command stops, everything stays as it was
    W01 = (_ERROR, "“{name}”正被 Excel 或 WPS 打开，写不进去。", "请关闭它再运行一次；旧文件没有改动。")
    W02 = (_ERROR, "磁盘已满，“{name}”没有写成。", "请腾出空间再运行一次；旧文件没有改动。")
    W03 = (_ERROR, "没有写入“{name}”的权限。", "请检查文件夹是否只读；旧文件没有改动。")
    W04 = (
        _ERROR,
        "“{name}”不是 reportgen 的工作区：没有 config/reportgen.yaml。",
        "请进入工作区文件夹再运行，或用 -C 指定；新建工作区：reportgen init 文件夹名。",
    )
    W05 = (
        _ERROR,
        "没有 {period} 的报送表：文件夹 {name} 不存在或是空的。",
        "请把各单位报来的表放进 {name}，再运行一次。",
    )
    W06 = (_ERROR, "“{value}”不是期次。", "期次写作 2023-08、2023-Q3、2023-H1 或 2023。")
    W07 = (_ERROR, "没有 {year} 年的台账 {name}。", "{advice}")
    W08 = (_ERROR, "“{name}”读不出来：{reason}", "请检查文件是否存在、是否完好；可用 Excel 或 WPS 打开后另存再试。")
    W09 = (_ERROR, "文件夹“{name}”里已有内容，没有动它。", "请换一个新的文件夹名。")
    W10 = (
        _ERROR,
        "写出的“{name}”与数据不一致：{where}应为“{expected}”，读回“{found}”。",
        "请不要使用本次结果，并把工作区交给维护人员查看。",
    )
    W11 = (_ERROR, "{period} 没有要填报的任务。", "请核对台账“任务”表中 {label}目标任务一列和起止期。")
    W12 = (_ERROR, "“{value}”不是台账中的单位。", "{advice}")
    W13 = (_ERROR, "“{unit}”{period}没有要填报的任务，没有空白表。", "{advice}")
    W14 = (_ERROR, "{reason}", "用 {command} --help 看用法和例子。")
    W15 = (_ERROR, "“{name}”的位置上有同名的文件或文件夹，写不进去。", "请把它改名或移走，再运行一次。")
    W16 = (
        _ERROR,
        "“{name}”读不出来，不知道各表何时收到：{reason}",
        "请用 Excel 或 WPS 修复，或从备份恢复；实在没有的可以删去它，收到时间就从下次运行算起。",
    )
    W17 = (
        _ERROR,
        "没有找到 LibreOffice，不能生成 PDF；文件都没有写。",
        "请安装 LibreOffice 再运行；或不加 --pdf，写出后用 Word、WPS 打开，另存为 PDF。",
    )
    W18 = (
        _ERROR,
        "LibreOffice 没有生成 PDF：{reason}；文件都没有写。",
        "请再运行一次；仍不行的，不加 --pdf 运行，写出后用 Word、WPS 打开，另存为 PDF。",
    )
    W20 = (
        _ERROR,
        "{who} 正在使用这个工作区：{since} 起运行 {command}，还没有结束。",
        "请等对方用完再运行。对方的程序意外中断的，在那台电脑上立即放开，在别的电脑上从开始时间起过 {hours} 小时放开；"
        "等不及而确知没有人在用的，删去工作区中的“{name}”（隐藏文件）再运行。",
    )
    W21 = (_ERROR, "本期没有第{seq}项。", "本期的序号是{known}。")
    W22 = (
        _ERROR,
        "{period} 还没有写出过通报表，没有可以对照的。",
        "请先运行 build {period}（或加 --draft）；改动以它写出的通报表为准。",
    )
    W23 = (_ERROR, "“{name}”在程序运行时被人改动了，没有写入。", "改动都在；请保存并关闭它，再运行一次。")
    # archives
    A01 = (_ERROR, "{label}还没有写出正式的通报表，不能存档。", "请先运行 reportgen build {period}。")
    A02 = (
        _ERROR,
        "写出的“{name}”{reason}，与生成时不同。",
        "请运行 reportgen build {period} 重新生成（改动过的会另存），再存档。",
    )
    A03 = (_ERROR, "生成通报表以后，“{name}”{reason}。", "请运行 reportgen build {period} 重新生成，再存档。")
    A04 = (_ERROR, "“{name}”不能存档：{reason}。", "请改名或移走；动过 input/ 的，再运行 reportgen build。")
    A05 = (_ERROR, "不是存档包：{reason}。", "请用 reportgen archive 写出的 .zip。")
    A06 = (_ERROR, "存档包里的“{name}”{reason}。", "这一份不能作为依据，请找原来的存档包。")
    A07 = (_ERROR, "按存档重新生成的“{name}”与存档中的不同：{reason}。", "请把存档包交维护人员查看。")
    A08 = (_ERROR, "按存档重新生成时没有做完：{reason}", "请把存档包交维护人员查看。")
    # settings and templates: nothing runs before they are right
    C01 = (_ERROR, "配置文件不是有效的 YAML：{reason}", "请检查该行的缩进、冒号后的空格和引号是否成对。")
    C02 = (_ERROR, "不认识的配置项“{key}”。", "{advice}")
    C03 = (_ERROR, "配置项“{key}”的值“{value}”不对：{reason}", "{advice}")
    C04 = (_ERROR, "缺少配置项“{key}”。", "{advice}")
    T01 = (_ERROR, "模板不能使用：{reason}", "{advice}")
    T02 = (_NOTE, "文中还有要由本室填写的：{words}。", "请在印发前填好；每期相同的可直接填进 {template}。")
    # before printing
    Q01 = (
        _ERROR,
        "第{seq}项的一行约 {height:.0f} 磅高，超过一页或一行的上限 {limit:.0f} 磅，{effect}。",
        "文字不会缺，但一项分在两处难读：请在“审定.xlsx”的“审定完成情况”中压缩文字，或在模板中加宽这一栏、改小字号。",
    )
    Q02 = (_ERROR, "{what}印不全：{reason}。", "{advice}")
    Q03 = (
        _ERROR,
        "{what}的“{heading}”{reason}，Excel 的一格容不下。",
        "请在“审定.xlsx”的“审定完成情况”中压缩文字，再运行 build。",
    )
    Q04 = (
        _WARNING,
        "这台电脑没有文件用的字体：{fonts}。",
        "请在装有这些字体的电脑上打印，或装上它们；也可以在模板中换成已有的字体，再运行 build。",
    )
    Q05 = (
        _NOTE,
        "不在 GB2312 字符集中的字：{characters}。",
        "模板用仿宋、宋体的不受影响；用仿宋_GB2312、方正小标宋简体等字体的，请看这几个字印没印出来。",
    )
    Q06 = (_WARNING, "文中还留着 {words}。", "请填好，或改正模板后重新运行 build。")
    Q07 = (
        _ERROR,
        "{what}印出来与文件不符：应为“{expected}”，印出“{found}”。",
        "请打开文件看这一格的列宽、行高；手工改过的，重新运行 build。",
    )
    Q08 = (
        _ERROR,
        "Word 与 Excel 的{what}不一致：“{expected}”与“{found}”。",
        "手工改过其中一份的，请重新运行 build，两份一起换。",
    )
    Q09 = (_ERROR, "{period} 还没有写好的通报表。", "请先运行 reportgen build {period}。")
    # ledger
    L01 = (_ERROR, "台账缺少工作表“{sheet}”。", "{advice}")
    L02 = (_ERROR, "工作表缺少列“{heading}”。", "{advice}")
    L03 = (_ERROR, "“{heading}”没有填写。", "请补填该单元格。")
    L04 = (_ERROR, "“{heading}”填的是“{value}”，{reason}", "{advice}")
    L05 = (_ERROR, "“{heading}”中的“{value}”不在“{sheet}”表中。", "{advice}")
    L06 = (_ERROR, "“{heading}”中的“{value}”与 {other} 重复。", "请改掉其中一处，或删去多余的。")
    L07 = (_WARNING, "列“{heading}”不是台账的列，没有使用。", "{advice}")
    L08 = (
        _NOTE,
        "“分工”中的标签“{label}”不在{period}目标中，本期不要求填报。",
        "如属笔误，请把标签改得与目标中的一致。",
    )
    L09 = (
        _NOTE,
        "{period}目标中的“{label}”在“分工”中没有对应单位，由牵头单位“{unit}”填报。",
        "如应由其他单位填报，请在“分工”中补一行。",
    )
    L10 = (_WARNING, "“期次”表中没有 {period} 的一行，表上的截止时间、通报日期空着。", "请在台账“期次”表中补一行。")
    L11 = (_WARNING, "“{heading}”空着，通报表上这一格也是空的。", "请在台账中补填。")
    L12 = (
        _ERROR,
        "“{heading}”{value} 与 {other} 的起止期重叠。",
        "同一序号写两行的，前一行填“止”，后一行填“起”，不要重叠。",
    )
    L13 = (
        _ERROR,
        "“{heading}”中的单位到{period}都不在“单位”表的起止期内，没有单位填报。",
        "请写上接替的单位，或核对“单位”表的起止。",
    )
    L14 = (
        _WARNING,
        "“{heading}”中的领导到{period}都不在“领导”表的起止期内，通报表上这一格是空的。",
        "请写上接任的领导，或核对“领导”表的起止。",
    )
    L15 = (
        _WARNING,
        "“{heading}”空着，通报表上会印在上面的“{group}”之下。",
        "属于这一组的请填上同样的文字，不属于的请填它自己的分组。",
    )
    # reading a printed notice into a ledger
    N01 = (
        _ERROR,
        "没有找到通报表：没有一个表格同时有“序号”和“年度目标任务”两列。",
        "请检查文件是否为通报表，表头文字是否完整。",
    )
    N02 = (_WARNING, "列“{heading}”没有对应的台账列，内容没有带入。", "如需要，请抄入台账。")
    N03 = (_WARNING, "没有编入任务的一行：{text}", "请对照原表，把需要的内容补入台账。")
    N04 = (
        _WARNING,
        "第{seq}项的“{name}”与“{other}”当作同一单位，已记为其简称。",
        "如不是同一单位，请在台账“单位”表中分开。",
    )
    N05 = (_WARNING, "第{seq}项的“{heading}”空着。", "请在台账中补填。")
    N06 = (
        _WARNING,
        "标题中没有找到{period}，标题写法用了默认的。",
        "请在 config/reportgen.yaml 的 title 中改成贵单位的写法。",
    )
    N07 = (_WARNING, "通报表中没有“{heading}”一列，台账里这一列空着。", "请核对期次和表头，或在台账中补填。")
    N08 = (
        _WARNING,
        "设置里写着 {year}：{text}",
        "新的一年请改写；写成 {{{{ year }}}} 的，以后每年自动换。",
    )
    # files
    F01 = (_ERROR, "文件打不开：{reason}", "请用 Excel 或 WPS 打开它，另存为 .xlsx 后放回。" + _DISCARD)
    F02 = (_ERROR, "这是{kind}，没有读取。", "{advice}" + _DISCARD)
    F03 = (_ERROR, "文件设有打开密码，没有读取。", "请向填报单位要密码，去掉密码另存后放回。" + _DISCARD)
    F04 = (_ERROR, "文件过大，没有读取：{reason}", "请把表格内容复制到一张新的空白表中交回。" + _DISCARD)
    F05 = (
        _ERROR,
        "这是 {found} 的表，不是 {period} 的。",
        "请单位改用 {period} 的空白表；放错文件夹的请移到 input/{found}/。",
    )
    F06 = (
        _ERROR,
        "认不出是哪个单位的表{detail}。",
        "请在表上“填报单位”处写明台账中的单位名称，或在台账“单位”表的“简称”中补上这个叫法。",
    )
    F07 = (
        _WARNING,
        "表内标识的单位是“{stamp}”，表上写的是“{shown}”，按“{used}”处理。",
        "请核实是哪个单位的表；如用错了空白表，请单位用自己的表重报。",
    )
    F08 = (
        _NOTE,
        "同一单位另有一份更新的报送表“{used}”，本份未采用（{reason}）{differs}。",
        "如应采用本份，请把另一份移入“作废”文件夹。",
    )
    F09 = (
        _WARNING,
        "收到时间 {received}，晚于截止时间 {deadline}。",
        "属于迟报。收到时间不准确的，可在“收件登记.xlsx”中更正。",
    )
    F10 = (
        _ERROR,
        "没有找到填报表格：没有一行同时有“{first}”和“{second}”。",
        "请单位用发下去的空白表填写，不要改动表头。" + _DISCARD,
    )
    F11 = (_WARNING, "“{unit}”本期没有要填报的任务，表中内容没有采用。", "请核实台账中的责任单位和分工。")
    F12 = (_WARNING, "“收件登记.xlsx”写不进去，新到的表这次没有登记。", "请关闭打开着它的 Excel 或 WPS，再运行一次。")
    F13 = (
        _ERROR,
        "与“{other}”轮次、填报日期、收到时间都相同而内容不同{differs}，暂用“{used}”。",
        "请向单位核实以哪份为准，另一份移入“作废”文件夹；或在“审定.xlsx”中逐项选“采用”。",
    )
    F14 = (_ERROR, "文件是空的。", "请向填报单位重新要一份。" + _DISCARD)
    F15 = (_NOTE, "不是报送表，没有读取。", "盖章件等留存即可。")
    F16 = (_NOTE, "文件里带有{what}，没有运行，也没有读取。", "无需处理；其中有要报的内容的，请单位写进表格。")
    F17 = (_WARNING, "“{unit}”还没有报盖章件。", "请催报盖章件，文件名中写明单位名称，放进同一文件夹。")
    F18 = (_WARNING, "“{name}”{what}。", "请向填报单位核实；要用的，把文件本身放进来。")
    F19 = (
        _WARNING,
        "这是{what}，预填的内容可能与现在的台账不同。",
        "请核对表中被改动的提示；需要时请单位改用新的空白表。",
    )
    F20 = (
        _WARNING,
        "{carrier}中是“{shown}”，表内是“{used}”，按“{used}”处理。",
        "请核实是哪个单位的表，有没有放错、发错。",
    )
    F21 = (_WARNING, "表上写的报送期是“{shown}”，表内标识是 {period}，按 {period} 处理。", "请核实是不是本期的表。")
    F22 = (
        _ERROR,
        "工作表“{sheet}”里另有一张“{other}”的表，没有采用。",
        "请单位每个文件只交一张本单位的表；要报的内容请移入“{used}”。",
        "每个文件请只留一张本单位的表；要报的内容请移入“{used}”，其余删去。",
    )
    F23 = (
        _WARNING,
        "“{heading}”写的是“{value}”，认不出是哪一天。",
        "请写成 2023年8月31日 的样子；有几份表时靠它分先后。",
        "请写成 2023年8月31日 的样子。",
    )
    F24 = (
        _WARNING,
        "“{name}”的收到时间{shown}，暂按时间不明：不算迟报，几份表分先后时算最早的。",
        "请改成 2023-09-02 12:00 的样子，再运行一次。",
    )
    F25 = (
        _WARNING,
        "工作表“{sheet}”里另有一张 {found} 的表，没有采用。",
        "无需处理；其中有 {period} 要报的内容的，请单位填进本期的表。",
    )
    F26 = (_NOTE, "没有写填报单位，按“{text}”认作“{used}”的表。", "请核对认得对不对。")
    # headings
    H01 = (_ERROR, "表头缺少“{heading}”列。", "请恢复表头文字，或用新的空白表重填。")
    H02 = (_NOTE, "表头“{found}”当作“{heading}”。", "请核对这一列的内容。")
    H03 = (_WARNING, "多出的列“{heading}”中有内容：{text}", "这些内容不会进入通报表；有用的请移入“完成情况”等列。")
    H04 = (_ERROR, "表头“{heading}”出现了两次。", "请删去多余的一列。")
    H05 = (_WARNING, "表头没有“{heading}”列，各行按目标任务认。", "请核对每一行认得对不对；最好用新的空白表重填。")
    # rows
    R01 = (_ERROR, "序号“{value}”不在台账中，这一行没有采用：{text}", "请核对序号。", "请按发下的空白表核对序号。")
    R02 = (
        _ERROR,
        "第{seq}项不由“{unit}”填报，这一行没有采用：{text}",
        "请核对序号；如确应由该单位填报，请改台账的责任单位或分工。",
        "请核对序号；不由本单位填报的内容请删去。",
    )
    R03 = (_ERROR, "{what}出现了两次，内容不同：{first}与{second}。", "请单位只保留一行。", "请只保留一行。")
    R04 = (_ERROR, "表中没有{what}。", "请单位补报这一项；不要删除表中的行。", "请补报这一项。")
    R05 = (
        _WARNING,
        "“{heading}”被改动：台账为“{ledger}”，表中为“{found}”。",
        "通报表仍按台账印。认可改动的，在“审定.xlsx”的“采用”一栏选“接受改动”；长期如此的，改台账。",
        "请恢复原来的文字；认为原文有误的，请另行告知。",
    )
    R06 = (_WARNING, "表格以外的文字没有采用：{text}", "如是填报内容，请移入表格对应的单元格。")
    R07 = (_ERROR, "这一行没有序号，没有采用：{text}", "请补上序号。")
    R08 = (_NOTE, "本次补报只有{rows}，其余各项仍用“{other}”。", "无需处理；如不对，请单位重报整份表。")
    R09 = (_NOTE, "这一行{shown}，按{by}认作{what}。", "请核对认得对不对。")
    R10 = (_NOTE, "批注没有采用：{text}", "如是填报内容，请单位写进单元格。")
    R11 = (_NOTE, "{rows}取自工作表“{sheet}”。", "请核对；最好请单位把内容都填在一张表里。")
    R12 = (_WARNING, "这一行的序号是{number}，{by}却是{what}的，按{what}采用。", "请核实这一行填的是哪一项。")
    R13 = (_WARNING, "工作表“{sheet}”另有{count}格文字没有采用。", "如其中有填报内容，请移入表格对应的单元格。")
    R14 = (_WARNING, "{kind}里的文字没有采用：{text}", "如是填报内容，请移入表格对应的单元格。")
    R15 = (_WARNING, "另有{count}处同样的问题（{code}）没有逐一列出。", "请单位用新的空白表重填。")
    R16 = (
        _ERROR,
        "第{seq}项分{parts}填报，这一行{shown}，没有采用：{text}",
        "请单位按空白表一部分填一行，“分项”一栏写明是哪一部分。",
        "请按空白表一部分填一行，“分项”一栏写明是哪一部分。",
    )
    # values
    V01 = (_ERROR, "{what}的“{heading}”没有填写。", "请补填。")
    V02 = (_ERROR, "{what}的“{heading}”填的是“{value}”，不在选项内。", "请改为：{choices}。")
    V03 = (_NOTE, "{what}的“{heading}”由“{value}”规范为“{used}”。", "无需处理。")
    V04 = (_WARNING, "{what}的“{heading}”只有{length}个字，少于{minimum}个字。", "请核实是否写清了完成情况。")
    V05 = (_WARNING, "{what}的“{heading}”有{length}个字，超过{maximum}个字。", "请压缩文字，否则这一行会印得过长。")
    V06 = (_ERROR, "{what}填的是“{status}”，没有填“{heading}”。", "请补填原因。")
    V07 = (_WARNING, "{what}没有填“{heading}”。", "请补填；否则下期空白表中该项没有目标。")
    V08 = (_ERROR, "{what}的“{heading}”是公式，没有采用。", "请把公式改为文字（复制后选择性粘贴为数值）。")
    V09 = (_ERROR, "{what}的“{heading}”显示为错误值“{value}”。", "请改为文字。")
    V10 = (_NOTE, "{what}的“{heading}”中有不可见的控制字符，已去掉。", "无需处理。")
    V11 = (_WARNING, "{what}的“{heading}”是“{status}”，而“完成情况”以“{words}”开头。", "请核实状态与文字哪个为准。")
    V12 = (_NOTE, "{what}的“{heading}”首尾的空白已去掉。", "无需处理。")
    V13 = (
        _NOTE,
        "{what}的“{heading}”存的是数值或日期“{value}”，按单元格显示的“{used}”采用。",
        "无需处理；如不对，请改为文字。",
    )
    V14 = (
        _WARNING,
        "“{heading}”成了“{value}”，后面的数字可能已经丢失。",
        "请向单位核实原来的数，把单元格设为文本后重填。",
        "请把单元格设为文本后重填。",
    )
    V15 = (
        _WARNING,
        "{what}的“{heading}”已到一格能放的字数上限，后面的文字可能丢失。",
        "请向单位要完整的文字。",
        "请压缩文字，写完整。",
    )
    V16 = (_NOTE, "{what}的“{heading}”与“{other}”填反了，已对调。", "请核对。")
    V17 = (_NOTE, "{what}的“{heading}”与上一行合并成一格，两行都采用同样的内容。", "请核对；不同的内容请单位分开填。")
    V18 = (_NOTE, "{what}的状态和完成情况都写在“{heading}”里，状态按“{status}”采用。", "请核对。")
    V19 = (
        _WARNING,
        "{what}的“{heading}”中有只在个别字体里才有的符号（{signs}），多半是从 Word 粘贴来的，印不出来。",
        "请向单位核实原来是什么，改成通用的符号或文字。",
        "请改成通用的符号或文字。",
    )
    # merging
    M01 = (
        _ERROR,
        "“{unit}”没有报送，涉及{rows}{instead}。",
        "请催报；不再等的，运行 review 后在“审定.xlsx”的“未报送单位”表中审定为“未报送”。",
    )
    M02 = (
        _WARNING,
        "第{seq}项牵头单位“{lead}”报“{status}”，而“{member}”报“{other}”，按牵头单位印。",
        "请核实，必要时在“审定.xlsx”中审定状态。",
    )
    M03 = (_NOTE, "{what}末尾补了句号。", "无需处理。")
    M04 = (_NOTE, "{what}开头重复的“{words}”已去掉。", "无需处理。")
    M05 = (_NOTE, "第{seq}项没有{period}目标，印“{printed}”。", "如应有目标，请在台账中补填。")
    M06 = (_NOTE, "{what}开头重复的标签“{words}”已去掉。", "无需处理。")
    M07 = (_ERROR, "审定的{what}不在本期任务中。", "请核对“审定.xlsx”的序号和分项；不再需要的请清空这一行的审定。")
    M08 = (_ERROR, "审定状态“{value}”不在选项内。", "请改为：{choices}。")
    M09 = (_ERROR, "未报送单位表中的“{value}”{reason}", "{advice}")
    M10 = (_ERROR, "“审定.xlsx”不能使用：{reason}", "{advice}")
    M11 = (
        _WARNING,
        "第{seq}项审定为“{status}”，但没有填审定完成情况，且没有单位报送的文字。",
        "请在“审定完成情况”中补上要印的文字。",
    )
    M20 = (
        _WARNING,
        "{what}审定之后，报送的内容或目标变了，需要复核。",
        "请运行 review，再在“审定.xlsx”中核对这一行：改动审定，或在“复核”一栏选“已复核”。",
    )
    M21 = (
        _ERROR,
        "这是一份审定表，但文件名不是“审定.xlsx”，其中的审定没有采用。",
        "请把它改名为“审定.xlsx”，放在 input/{period}/ 下；不要的请移入“作废”文件夹。",
    )
    M22 = (
        _WARNING,
        "这是另一份审定表，没有读取；采用的是“审定.xlsx”。",
        "请把它移入“作废”文件夹；如应以它为准，请用它换下“审定.xlsx”。",
    )
    M23 = (_ERROR, "{what}的“采用”填的是“{value}”，{reason}", "请从下拉列表中选，或清空这一格。")
    M24 = (_WARNING, "{what}的“审定下期目标”没有采用：{text}", "下期目标按整项任务审定，请填在这一项的第一行。")
    M25 = (
        _WARNING,
        "“{unit}”曾审定为未报送，现已报送，按报送的内容印。",
        "请核对其内容；在“未报送单位”表中清空这一行的审定即不再提示。",
    )
    M26 = (_NOTE, "{what}的标点已按设置改好：{words}。", "无需处理。")
    M27 = (
        _WARNING,
        "{what}的“审定下期目标”没有采用，台账中已有：{ledger}",
        "要改的，请改台账“任务”表；单位改了这个目标而您认可的，在“采用”一栏选“接受改动”。",
    )
    M28 = (
        _WARNING,
        "{what}接受改动的下期目标还没有记进“审定.xlsx”，下期空白表用不上。",
        "请再运行一次 review。",
    )
    # the periods before
    P01 = (
        _WARNING,
        "{period}的 {name} 读不出来，走势和统计中没有{period}。",
        "请运行 reportgen build {code} 重新生成。",
    )
    P02 = (_NOTE, "第{seq}项连续{count}期{words}：{periods}。", "请核实原因；需要督办的，可在审定意见中写明。")
    P03 = (
        _NOTE,
        "第{seq}项{before}为“{earlier}”，本期为“{status}”。",
        "请核实是本期的目标没有完成，还是前一期所报有误。",
    )
    P04 = (
        _WARNING,
        "第{seq}项{before}年度目标已完成（{words}），本期却为“{status}”。",
        "请核实前后是否矛盾，必要时在“审定.xlsx”中审定。",
    )
    P05 = (
        _NOTE,
        "第{seq}项的年度目标{before}已完成（{words}）。",
        "以后不再报送的，请在台账“止”一栏写上期次。",
    )

    # edits by hand in a built notice that `adopt` does not take
    E01 = (
        _WARNING,
        "第{seq}项的“{heading}”由“{before}”改成了“{after}”，没有采用。",
        "这一栏取自台账；如应改动，请改台账，再运行 build。",
    )
    E02 = (
        _WARNING,
        "第{seq}项的一行被删去了，没有采用。",
        "每项任务都要印；不再印的，请在台账中填“止”一期，再运行 build。",
    )
    E03 = (_WARNING, "多出的一行没有采用：{text}", "新任务请写进台账，再运行 build。")
    E04 = (
        _WARNING,
        "标题改成了“{after}”，没有采用。",
        "标题请在 config/reportgen.yaml 的 title 中改，再运行 build。",
    )
    E05 = (_WARNING, "第{seq}项的“{heading}”改成了“{after}”，没有采用：{reason}", "{advice}")
    E06 = (
        _WARNING,
        "表头“{before}”改成了“{after}”，没有采用。",
        "表头请在 templates/ 的通报表模板中改，再运行 build。",
    )
    E07 = (_WARNING, "表格以外{change}了文字，没有采用：{text}", "请在 templates/ 的通报表模板中改，再运行 build。")
    E08 = (_WARNING, "任务的先后改了，没有采用。", "先后以台账为准；请在台账中调整各行的先后，再运行 build。")
    # sense: what a careful reader would notice; figures are warnings, words are notes
    S01 = (_WARNING, "报“{status}”，而数字没有达到目标：{reasoning}。", "请核实数字、目标或完成状态。")
    S02 = (_WARNING, "报“{status}”，而数字已经达到目标：{reasoning}。", "请核实完成状态，或写明尚未完成的内容。")
    S03 = (_WARNING, "报“{status}”，而升降方向与目标相反：{reasoning}。", "请核实数字和升降方向。")
    S04 = (_WARNING, "各部分相加与总数不符：{reasoning}。", "请核实总数和各部分的数字。")
    S05 = (_WARNING, "百分比与所列数字不符：{reasoning}。", "请核实百分比和数字。")
    S06 = (_WARNING, "部分大于总数：{reasoning}。", "请核实这两个数字。")
    S07 = (_WARNING, "累计数比上期少：{reasoning}。", "请核实本期数字；上期有误的，请在文字中说明。")
    S08 = (_WARNING, "上期累计加本期数与本期累计不符：{reasoning}。", "请核实本期数和累计数。")
    S09 = (_NOTE, "报“{status}”，而文字说没有做：{reasoning}。", "请核实完成状态。")
    S10 = (_NOTE, "报“{status}”，而文字只说已经完成：{reasoning}。", "请核实完成状态，或写明尚未完成的内容。")
    S11 = (_NOTE, "报“{status}”，而没有说明原因：{reasoning}。", "请写明没有完成的原因。")
    S12 = (_NOTE, "“完成情况”与目标的文字相同：{reasoning}。", "请写明实际完成的情况。")
    S13 = (_NOTE, "“完成情况”与上期的文字相同：{reasoning}。", "请核实是否填了本期的情况。")
    S14 = (_NOTE, "“完成情况”缺少目标中的分项：{reasoning}。", "请补写这一分项。")
    S15 = (_NOTE, "“完成情况”中的分项不在目标中：{reasoning}。", "请核对分项名称。")
    S16 = (_NOTE, "“完成情况”的分项顺序与目标不同：{reasoning}。", "请按目标的顺序排列。")
    S17 = (_NOTE, "编号不连续或缺少：{reasoning}。", "请核对编号，补写缺少的内容。")
    S18 = (_NOTE, "所写的时间不是{period}：{reasoning}。", "请核实是否填了本期的情况。")
    S19 = (_NOTE, "所写的日期还没有到，或者不存在：{reasoning}。", "请核实日期。")
    S20 = (_NOTE, "标点需要核对：{reasoning}。", "请改为全角标点，去掉重复的标点。")
    S21 = (_NOTE, "引号或括号不成对：{reasoning}。", "请补上或去掉一半。")
    S22 = (_NOTE, "单位名称与台账不同：{reasoning}。", "请改为台账中的名称。")
    S23 = (_NOTE, "末尾没有句号：{reasoning}。", "请补上句号。")

    severity: Severity
    template: str
    advice: str
    advice_to_unit: str

    def __init__(self, severity: Severity, template: str, advice: str, advice_to_unit: str = "") -> None:
        self.severity = severity
        self.template = template
        self.advice = advice
        self.advice_to_unit = advice_to_unit or advice

    @property
    def asks_unit(self) -> bool:
        """Whether the unit can put it right in what it wrote; the rest is the office's own matter.

        That is what is said of headings, rows and values, and what has words of its own for the unit.
        """
        is_of_the_table = self.name[0] in "HRVS"
        return self.severity is not Severity.NOTE and (is_of_the_table or self.advice_to_unit != self.advice)


class Finding(Struct, frozen=True):
    """One problem. `field` is the key of the answer it concerns ("" for the whole row, file or unit).

    `part` is the part of a task by the name that rulings use, "" for the whole and where a task has one answer.
    """

    code: Code
    place: Place = NOWHERE
    seq: int | None = None
    unit: str = ""
    field: str = ""
    values: Mapping[str, object] = dataclass_field(default_factory=dict)
    related: Place = NOWHERE
    part: str = ""

    @property
    def severity(self) -> Severity:
        return self.code.severity

    @property
    def filling(self) -> Mapping[str, object]:
        """What fills the code's texts: the values, and the row and unit that the finding is about."""
        return {"seq": self.seq, "unit": self.unit, **self.values}

    @property
    def message(self) -> str:
        return self.code.template.format_map(self.filling)

    @property
    def hint(self) -> str:
        return self.code.advice.format_map(self.filling)

    @property
    def advice_to_unit(self) -> str:
        """What the unit is asked to do, in a workbook that goes back to it."""
        return self.code.advice_to_unit.format_map(self.filling)

    def as_json(self) -> dict[str, object]:
        """Return the finding as the `--json` output gives it."""
        return {
            "code": self.code.name,
            "severity": self.severity.value,
            "seq": self.seq,
            "unit": self.unit,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "cell": self.place.cell,
            "message": self.message,
            "hint": self.hint,
        }


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings sorted by place; those without a file come last, by row and code."""
    return tuple(
        sorted(findings, key=lambda f: (not f.place.file, f.place, f.seq or 0, f.code.name, f.unit, f.message))
    )


def told_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those that call a cell empty whose formula or error value could not be taken."""
    known = tuple(findings)
    unreadable = {f.place for f in known if f.code in (Code.V08, Code.V09)}
    empty = (Code.V01, Code.V06, Code.V07)
    return tuple(f for f in known if not (f.code in empty and f.place in unreadable))


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that are errors."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


def shortened(text: str, limit: int = 40) -> str:
    """Return a text short enough to be quoted inside a message; the full text stays in its file."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class CannotRun(Exception):
    """Raised for what the clerk must put right before a command can do anything (exit status 2)."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings))

    def __reduce__(self) -> tuple[type[CannotRun], tuple[tuple[Finding, ...]]]:
        """Let it travel from one process to another: an exception is otherwise made anew from its message."""
        return type(self), (self.findings,)


def cannot_run(code: Code, place: Place = NOWHERE, **values: object) -> CannotRun:
    """Return the exception for a single problem."""
    return CannotRun([Finding(code, place, values=values)])
