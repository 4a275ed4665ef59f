"""Raw pages as they were had, in compressed WARC files (ISO 28500), so that they can be worked on again.

`reference` says where a page is, `records` what is written of it, `writing` and `reading` do so, `folder` keeps the
files in order. docs/raw.md describes the files for other programs.
"""
