"""reportgen: the monthly 重点工作通报 of a district government, from blank form to printed notice."""

__version__ = "0.1.0"
