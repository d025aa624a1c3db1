"""The formats that returns come in, told apart by what is in them; what cannot be read is told in one sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from docx import Document

from reportgen.core.findings import Code
from reportgen.core.grid import ErrorValue, Formula, Kind
from reportgen.core.limits import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_MARKUP,
    MAX_RECORDS,
    MAX_TOLD_OF_A_KIND,
    MAX_UNPACKED_BYTES,
)
from reportgen.readers.formats import read_return
from reportgen.readers.grids import read_book
from reportgen.writers.replace import parts_of, zipped
from tests.office import converted, needs_office
from tests.returns.making import (
    ABOVE,
    HEAD,
    ROWS,
    UNIT,
    WHOLE,
    arrived,
    checked,
    codes,
    filled_form,
    parts,
    table_part,
)
from tests.returns.olefiles import compound, record, workbook

FILES = Path(__file__).parent / "files"


def text_table(separator=","):
    lines = [*ABOVE, HEAD, *ROWS]
    return "".join(separator.join(str(value) for value in line) + "\r\n" for line in lines)


def word_table(below=(), table=True):
    document = Document()
    for line in (ABOVE[0][0], f"填报单位：{UNIT}　　填报日期：2023年8月31日"):
        document.add_paragraph(line)
    if table:
        grid = document.add_table(0, len(HEAD))
        for row in (HEAD, *ROWS):
            for cell, value in zip(grid.add_row().cells, row, strict=True):
                cell.text = str(value)
    for line in below:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


READ = {
    "xlsx": lambda: filled_form(),
    "xls_saved_by_libreoffice": lambda: (FILES / "form.xls").read_bytes(),
    "ods_saved_by_libreoffice": lambda: (FILES / "form.ods").read_bytes(),
    "csv_utf8": lambda: text_table().encode(),
    "csv_utf8_with_mark": lambda: text_table().encode("utf-8-sig"),
    "csv_gbk": lambda: text_table().encode("gbk"),
    "csv_with_semicolons": lambda: text_table(";").encode("gbk"),
    "tabs_utf16": lambda: text_table("\t").encode("utf-16"),
    "docx": word_table,
}


@pytest.mark.parametrize("ending", ["", ".xlsx", ".dat"])
@pytest.mark.parametrize("name", READ)
def test_read_return__every_format_by_its_content(name, ending):
    filled, found = checked(READ[name](), f"报送{ending}")
    assert (filled.unit, arrived(filled), codes(found)) == (UNIT, WHOLE, [])


@needs_office
@pytest.mark.office
@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx"])
def test_read_return__what_libreoffice_saves(ending, tmp_path):
    path = tmp_path / "报送.xlsx"
    path.write_bytes(filled_form())
    filled, found = checked(converted(path, ending, tmp_path / "saved").read_bytes(), f"报送.{ending}")
    assert (filled.unit, arrived(filled), codes(found)) == (UNIT, WHOLE, [])


def test_read_return__words_around_the_table_of_a_document_are_told():
    filled, found = checked(word_table(["请区领导协调资金。"]), "报送.docx")
    assert (arrived(filled), codes(found)) == (WHOLE, [("R14", "")])
    assert filled.filled_on.isoformat() == "2023-08-31"


def test_read_return__what_a_csv_would_run_is_a_formula_and_what_it_quotes_is_a_text():
    text = (
        text_table()
        .replace("已改造管网13公里。", "=HYPERLINK(A1)")
        .replace("招标公告已发布。", '"=""招标公告已发布。"""')
    )
    filled, found = checked(text.encode(), "报送.csv")
    assert codes(found) == [("V01", "F4"), ("V08", "F4")]
    assert arrived(filled)[2, ""] == WHOLE[2, ""]


# .xls


def label(row, column, text):
    raw = text.encode("utf-16-le")
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + raw)


def formula(row, column, result):
    return record(0x06, struct.pack("<HHH", row, column, 0) + result + bytes(8))


def read_stream(stream):
    book, findings = read_return(compound({"Workbook": stream}), "报送.xls")
    assert findings == ()
    return book.grids[0].cells


def test_read_biff__each_kind_of_cell():
    error = b"\x02\0\x17\0\0\0\xff\xff"
    text = b"\0\0\0\0\0\0\xff\xff"
    records = [
        label(0, 0, "表"),
        record(0x203, struct.pack("<HHHd", 0, 1, 0, 74.8)),
        record(0x27E, struct.pack("<HHHI", 0, 2, 0, (1300 << 2) | 3)),  # 1300 in hundredths
        record(0x27E, struct.pack("<HHHi", 0, 3, 0, (-5 << 2) | 2)),
        record(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, (1 << 2) | 2, 0, (2 << 2) | 2, 1)),
        record(0x205, struct.pack("<HHHBB", 1, 2, 0, 1, 0)),
        record(0x205, struct.pack("<HHHBB", 1, 3, 0, 0x2A, 1)),
        formula(2, 0, struct.pack("<d", 3.0)),
        formula(2, 1, error),
        formula(2, 2, text) + record(0x207, struct.pack("<HB", 2, 1) + "完成".encode("utf-16-le")),
        label(65535, 255, "远"),
    ]
    assert read_stream(workbook(b"".join(records))) == {
        (1, 1): "表",
        (1, 2): 74.8,
        (1, 3): 13.0,
        (1, 4): -5.0,
        (2, 1): 1.0,
        (2, 2): 2.0,
        (2, 3): True,
        (2, 4): ErrorValue("#N/A"),
        (3, 1): Formula("3"),
        (3, 2): ErrorValue("#REF!"),
        (3, 3): Formula("完成"),
        (65536, 256): "远",
    }


def test_read_biff__a_text_that_goes_on_in_another_record_may_change_its_width():
    shared = struct.pack("<IIHB", 1, 1, 6, 1) + "完成".encode("utf-16-le")
    more = record(0xFC, shared) + record(0x3C, b"\0ABCD")
    cell = record(0xFD, struct.pack("<HHHI", 0, 0, 0, 0))
    assert read_stream(workbook(cell, more)) == {(1, 1): "完成ABCD"}


def test_read_biff__comments_and_text_boxes():
    def drawn(kind, number, text):
        return (
            record(0x5D, struct.pack("<HHHH", 0x15, 0x12, kind, number) + bytes(14))
            + record(0x1B6, bytes(10) + struct.pack("<HHI", len(text), 16, 0))
            + record(0x3C, b"\x01" + text.encode("utf-16-le"))
        )

    note = record(0x1C, struct.pack("<HHHH", 2, 1, 0, 7))
    stream = workbook(label(0, 0, "表") + drawn(0x19, 7, "批注的话") + drawn(6, 8, "框里的话") + note)
    book, _findings = read_return(compound({"Workbook": stream}), "报送.xls")
    assert [(a.kind, a.place.cell, a.text) for a in book.asides] == [
        (Kind.COMMENT, "B3", "批注的话"),
        (Kind.DRAWING, "", "框里的话"),
    ]


# what cannot be read


def encrypted_ods():
    manifest = b'<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": b"\x8f", "META-INF/manifest.xml": manifest})


def bomb():
    def grow(of):
        of[table_part()] = b"<worksheet>" + b" " * (MAX_UNPACKED_BYTES + 1)

    return parts(grow)


def with_lying_size():
    content = bytearray(filled_form())
    at = content.index(b"PK\x01\x02")
    while content[at : at + 4] == b"PK\x01\x02":
        struct.pack_into("<I", content, at + 24, 60)  # what each part claims to come to
        lengths = struct.unpack_from("<HHH", content, at + 28)
        at += 46 + sum(lengths)
    return bytes(content)


def entities():
    part = table_part()
    bomb_ = b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return parts(lambda of: of.__setitem__(part, bomb_ + b"<worksheet><sheetData>&b;</sheetData></worksheet>"))


def ghosts_in_ods():
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><table:table table:name="表">'
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384">'
        "<text:p>x</text:p></table:table-cell></table:table-row></table:table></office:body></office:document-content>"
    )
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def with_rows(rows):
    """Return the form with more rows behind its own."""
    part = table_part()
    return parts(lambda of: of.__setitem__(part, of[part].replace(b"</sheetData>", rows + b"</sheetData>")))


UNREAD = {
    "empty": (b"", "F14", "空"),
    "nothing_but_zeros": (bytes(3000), "F14", "空"),
    "xlsx_cut_off": (filled_form()[:3000], "F01", "损坏或不完整"),
    "xls_cut_off": ((FILES / "form.xls").read_bytes()[:3000], "F01", "不完整"),
    "docx_cut_off": (word_table()[:3000], "F01", "损坏或不完整"),
    "xlsx_encrypted": (compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), "F03", "密码"),
    "xls_encrypted": (compound({"Workbook": workbook(b"", record(0x2F, bytes(6)))}), "F03", "密码"),
    "ods_encrypted": (encrypted_ods(), "F03", "密码"),
    "et": (compound({"ETData": b""}), "F02", "WPS 表格文件"),
    "et_cut_off": (compound({"ETData": b""})[:700], "F02", "WPS 表格文件"),
    "wps": (compound({"WordDocument": b""}), "F02", "WPS 文字文件"),
    "doc": (compound({"WordDocument": b""}), "F02", "Word 97—2003"),
    "ppt": (compound({"PowerPoint Document": b""}), "F02", "演示文稿"),
    "xls_of_1995": (compound({"Book": b""}), "F02", "Excel 5.0/95"),
    "xls_of_another_version": (compound({"Workbook": b"\x09\x08\x08\0\0\x05\x05\0\0\0\0\0"}), "F01", "不合规范"),
    "xlsb": (zipped({"xl/workbook.bin": b""}), "F02", "xlsb"),
    "pptx": (zipped({"ppt/presentation.xml": b""}), "F02", "演示文稿"),
    "odt": (zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}), "F02", ".odt"),
    "rar": (b"Rar!\x1a\x07\x01\0", "F02", "RAR"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "F02", "7z"),
    "gz": (b"\x1f\x8b\x08", "F02", "gz"),
    "rtf": (rb"{\rtf1 a}", "F02", "RTF"),
    "web_page": ("<html><table><tr><td>序号</td></tr></table></html>".encode(), "F02", "网页"),
    "xml_sheet": (b'<?xml version="1.0"?><Workbook/>', "F02", "XML"),
    "web_page_with_its_pictures": (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n\r\n1,2,3", "F02", "网页"),
    "xml_sheet_of_2003": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>', "F02", "XML"),
    "xml_word": (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><d/>', "F02", "Word 文档"),
    "text": ("本月没有进展。".encode("gbk"), "F02", "文本文件"),
    "bytes": (b"\xff\xfd\x00\x01", "F02", "认不出"),
    "csv_of_nothing_but_commas": (b"," * (MAX_CHARACTERS + 1), "F04", "文字超过"),
    "docx_without_a_table": (word_table(table=False), "F10", "没有找到"),
    "zip_bomb": (bomb(), "F04", "解压后超过"),
    "zip_that_lies_about_its_size": (with_lying_size(), "F01", "损坏或不完整"),
    "more_cells_than_a_form_can_have": (
        with_rows((b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>") * (MAX_CELLS // 1000 + 1)),
        "F04",
        "单元格超过",
    ),
    "elements_by_the_million_in_one_cell": (
        with_rows(b"<row><c>" + b"<x/>" * MAX_MARKUP + b"</c></row>"),
        "F04",
        "格式过多",
    ),
    "attributes_by_the_million": (with_rows(b'<row a="" ' * MAX_MARKUP), "F04", "格式过多"),
    "docx_of_a_million_paragraphs": (
        zipped({"word/document.xml": b"<d>" + b"<p/>" * MAX_MARKUP + b"</d>"}),
        "F04",
        "格式过多",
    ),
    "docx_of_margins_by_the_million": (
        zipped(
            {
                "word/document.xml": b"<d/>",
                **{f"word/footer{n}.xml": b"<f>" + b" " * 1000 + b"</f>" for n in range(2500)},
            }
        ),
        "F04",
        "页眉、页脚和脚注",
    ),
    "entities": (entities(), "F10", "没有找到"),
    "ods_of_a_thousand_million_cells": (ghosts_in_ods(), "F04", "超过"),
    "xls_of_too_many_records": (
        compound({"Workbook": workbook(record(0x20B, b"") * (MAX_RECORDS + 1))}),
        "F04",
        "记录超过",
    ),
    "xls_that_claims_thousands_of_millions_of_texts": (
        compound({"Workbook": workbook(b"", record(0xFC, struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF)))}),
        "F01",
        "损坏或不完整",
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_read_return__what_cannot_be_read_is_told_with_the_cure(name):
    content, code, word = UNREAD[name]
    filled, (finding,) = checked(content, f"报送.{name.split('_')[0]}")
    assert filled is None
    assert (finding.code.name, finding.place.file) == (code, f"报送.{name.split('_')[0]}")
    assert word in finding.message
    assert finding.hint.startswith("请")
    assert finding.code is not Code.F02 or "作废" in finding.hint


def test_compound__a_circle_of_sectors_ends():
    content = bytearray(compound({"Workbook": workbook(b"")}))
    first_fat = struct.unpack_from("<I", content, 76)[0]
    struct.pack_into("<I", content, 512 + first_fat * 512 + 4, 0)  # the second sector is followed by the first
    assert [f.code for f in checked(bytes(content), "a.xls")[1]] == [Code.F01]


def test_read_return__an_et_that_holds_a_workbook_is_read():
    filled, found = checked((FILES / "form.xls").read_bytes(), "报送.et")
    assert (arrived(filled), codes(found)) == (WHOLE, [])


def test_read_return__ghost_rows_by_the_hundred_thousand_cost_nothing():
    rows = b"".join(b'<row r="%d" ht="15"><c r="A%d" s="1"/></row>' % (n, n) for n in range(1000, 300_000))
    filled, found = checked(with_rows(rows))
    assert (arrived(filled), codes(found)) == (WHOLE, [])


def test_read_return__a_merged_range_over_whole_columns():
    part = table_part()
    merged = b'<mergeCell ref="J1:XFD1048576"/></mergeCells>'
    content = parts(lambda of: of.__setitem__(part, of[part].replace(b"</mergeCells>", merged)))
    assert b"XFD1048576" in parts_of(content)[part]
    filled, found = checked(content)
    assert (arrived(filled), codes(found)) == (WHOLE, [])


def test_read_return__a_shared_text_in_ever_so_many_cells():
    cell = '<c t="inlineStr"><is><t>' + "长" * 3000 + "</t></is></c>"
    rows = f"<row>{cell * 100}</row>".encode() * 20
    assert codes(checked(with_rows(rows))[1]) == [("F04", "")]


def test_read_return__a_mistake_in_ever_so_many_rows_is_told_as_a_number():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>999</v></c></row>' % (n, n) for n in range(100, 800))
    filled, found = checked(with_rows(rows))
    assert arrived(filled) == WHOLE
    assert Counter(f.code.name for f in found) == {"R01": MAX_TOLD_OF_A_KIND, "R15": 1}
    assert "另有200处同样的问题（R01）" in found[-1].message


def test_read_book__a_ledger_may_be_larger_than_a_return():
    content = with_rows((b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>") * (MAX_CELLS // 1000 + 1))
    book, findings = read_book(content, "ledger-2023.xlsx")
    assert (findings, len(book.grids[0].cells) > MAX_CELLS) == ((), True)


def test_read_return__a_password_on_one_part():
    buffer = io.BytesIO(filled_form())
    content = bytearray(buffer.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + at] |= 1
            start = content.find(mark, start + 4)
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert codes(checked(bytes(content))[1]) == [("F03", "")]
