"""What the program writes. A writer turns records into bytes; `replace` puts bytes into files."""
