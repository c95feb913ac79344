"""How a batch, or one of its lines, can be refused."""

from network.kernel.errors import Invalid, NotFound


class BatchNotFound(NotFound):
    code = "batch_not_found"
    detail = "There is no such batch here."


class BatchEmpty(Invalid):
    code = "batch_empty"
    detail = "The file has no lines."


class BadHeader(Invalid):
    code = "csv_header_invalid"
    detail = "The first line of a CSV file names its columns, each once; till, sequence and operation among them."


class LineTooLong(Invalid):
    code = "line_too_long"
    detail = "A line has at most 8,192 bytes."


class MalformedLine(Invalid):
    code = "malformed_line"
    detail = "The line could not be read."


class InvalidLine(Invalid):
    """A value of the line is missing or not valid; `field` says which."""

    code = "validation_failed"


class SequenceReused(Invalid):
    code = "idempotency_key_reused"
    detail = "This till has used this sequence number before, for something else."


class RefusedForGood(Exception):
    """The line is refused, now or when it came first, and the refusal is kept; `code` and `detail` are its own."""

    def __init__(self, code: str, detail: str, *, field: str | None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.code = code
