"""How much of a file from outside is read. What goes over a limit is refused or left out, and told."""

from __future__ import annotations

# A file as it comes, and the sum of the files in one archive, archives in it included.
MAX_FILE_BYTES = 50 << 20
MAX_ARCHIVE_BYTES = 100 << 20
MAX_ARCHIVE_FILES = 2_000
MAX_ARCHIVE_DEPTH = 3
# The parts of one file that are read, unpacked; pictures in it are not read and do not count.
MAX_UNPACKED_BYTES = 100 << 20
MAX_TREE_BYTES = 20 << 20  # a part that is held whole takes about ten times its size
MAX_RECORDS = 1_000_000  # of an .xls, each four bytes at least
# In all sheets of a file. A form has some hundred.
MAX_CELLS = 200_000
MAX_CHARACTERS = 5_000_000
MAX_CELL_BREAKS = 253  # line feeds in a cell of Excel
MAX_CELL_CHARS = 32_767  # Excel's own
# Texts beside the table that are told one by one for a sheet; the rest is told as a number.
MAX_TOLD_ONE_BY_ONE = 20
# Texts that are compared letter by letter with the targets of the ledger, in one return.
MAX_COMPARISONS = 2_000
