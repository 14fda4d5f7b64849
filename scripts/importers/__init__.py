"""Readers of what other products export. Each module has `read(files, document)`, where `files` are the opened
ones (files.py), and `document` takes what was found (document.py)."""
