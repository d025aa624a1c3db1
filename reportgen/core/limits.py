"""How much of a file from outside is read. What goes over a limit is refused or left out, and told."""

from __future__ import annotations

from msgspec import Struct

# A file as it comes, and the sum of the files in one archive, archives in it included.
MAX_FILE_BYTES = 50 << 20
MAX_ARCHIVE_BYTES = 100 << 20
MAX_ARCHIVE_FILES = 2_000
MAX_ARCHIVE_DEPTH = 3
# The parts of one file that are read, unpacked; pictures in it are not read and do not count.
MAX_UNPACKED_BYTES = 100 << 20
MAX_TREE_BYTES = 8 << 20  # a part that is held whole, which may take forty times its size
MAX_RECORDS = 1_000_000  # of an .xls, each four bytes at least
# In all sheets of a return. A form has some hundred.
MAX_CELLS = 50_000
MAX_CHARACTERS = 5_000_000
MAX_MARKUP = 1_000_000  # signs of XML, < and =, in one part: each stands for a hundred bytes when it is held as a tree
MAX_CELL_BREAKS = 253  # line feeds in a cell of Excel
MAX_CELL_CHARS = 32_767  # Excel's own
MAX_TABLES = 20  # in a return; further heads are rows of the last, further sheets are words beside the table
MAX_MARGIN_BYTES = 2 << 20  # headers, footers and notes of a document together
# Texts beside the table that are told one by one for a sheet; the rest is told as a number.
MAX_TOLD_ONE_BY_ONE = 20
# Findings of one kind in a file; the rest is told as a number.
MAX_TOLD_OF_A_KIND = 500
# Texts that are compared letter by letter with the targets of the ledger, in one return.
MAX_COMPARISONS = 2_000


class Allowance(Struct, frozen=True):
    """How much of one file is read: cells with content, characters in them, signs of XML in a part."""

    cells: int
    characters: int
    markup: int


OF_A_RETURN = Allowance(MAX_CELLS, MAX_CHARACTERS, MAX_MARKUP)
# A ledger of ten thousand tasks is large, and the office's own.
OF_OUR_OWN = Allowance(MAX_CELLS * 40, MAX_CHARACTERS * 20, MAX_MARKUP * 20)
