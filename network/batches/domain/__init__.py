"""What a batch is made of, in plain Python: lines, the terms they earn by, and the parts a file is cut into."""

from network.batches.domain.book import Book, Plan, Version, show_us, to_us
from network.batches.domain.csv_lines import read_csv_line, read_header
from network.batches.domain.lines import EarnLine, ReversalLine, member_ids, read_json_line
from network.batches.domain.reading import Reader
from network.batches.domain.splitting import Part, Splitter, pack, unpack
from network.batches.domain.values import Batch, Counts, Media, Refusal, Status

__all__ = [
    "Batch",
    "Book",
    "Counts",
    "EarnLine",
    "Media",
    "Part",
    "Plan",
    "Reader",
    "Refusal",
    "ReversalLine",
    "Splitter",
    "Status",
    "Version",
    "member_ids",
    "pack",
    "read_csv_line",
    "read_header",
    "read_json_line",
    "show_us",
    "to_us",
    "unpack",
]
