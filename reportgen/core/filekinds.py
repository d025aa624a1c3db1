"""What a file that cannot be read turned out to be, and what the clerk can do about it."""

from __future__ import annotations

from enum import Enum

from reportgen.core.findings import Code, Finding, Place

_BY_EXCEL = "请用 Excel 或 WPS 打开它，另存为 .xlsx 后放回。"
_BY_WORD = "请用 Word 或 WPS 打开它，另存为 .docx 后放回；最好把内容填入发下去的空白表。"
_UNPACK = "请解压后把里面的表放进来，或改用 .zip 压缩。"
_ASK = "请用原来的程序打开看看，再向填报单位要 .xlsx 的表。"


class FileKind(Enum):
    """A kind of file: its name, and how to come from it to one that can be read."""

    WPS_SHEET = ("WPS 表格文件（.et）", _BY_EXCEL)
    WPS_WORD = ("WPS 文字文件（.wps）", _BY_WORD)
    OLD_WORD = ("Word 97—2003 文档（.doc）", _BY_WORD)
    OLD_EXCEL = ("Excel 5.0/95 工作簿", _BY_EXCEL)
    OLD_SLIDES = ("演示文稿（.ppt、.dps）", _ASK)
    BINARY_EXCEL = ("Excel 二进制工作簿（.xlsb）", _BY_EXCEL)
    OTHER_OLE = ("旧格式文件，其中没有工作簿", _BY_EXCEL)
    SLIDES = ("演示文稿（.pptx）", _ASK)
    OPEN_TEXT = ("OpenDocument 文字文件（.odt）", _BY_WORD)
    RICH_TEXT = ("RTF 文档", _BY_WORD)
    WEB_PAGE = ("网页文件，只是改了扩展名", _BY_EXCEL)
    XML_SHEET = ("XML 格式的表格", _BY_EXCEL)
    XML_WORD = ("XML 格式的 Word 文档", _BY_WORD)
    RAR = ("RAR 压缩包", _UNPACK)
    SEVEN_ZIP = ("7z 压缩包", _UNPACK)
    GZIP = ("gz 压缩包", _UNPACK)
    WORD = ("Word 文档", "请用 Excel 或 WPS 把表格存为 .xlsx。")
    PACKED = ("压缩包或其他文件", _ASK)
    TEXT_WITHOUT_TABLE = ("文本文件，不是表格", "请单位把内容填入发下去的空白表后交回。")
    NOT_A_TABLE = ("认不出的文件", _ASK)

    def __init__(self, label: str, advice: str) -> None:
        self.label = label
        self.advice = advice

    def told(self, file: str) -> Finding:
        """Return the finding that says what `file` is and what to do."""
        return Finding(Code.F02, Place(file), values={"kind": self.label, "advice": self.advice})
