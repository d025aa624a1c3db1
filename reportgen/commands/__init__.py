"""The commands, one file each: read, decide, write, in that order. Nothing is printed here."""
