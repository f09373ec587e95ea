"""Part the records that fit a table's width from those that do not, and find the footer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workshop.crm.source import Reject

_Placed = tuple[int, list[str]]


class Sieve:
    """What was left out of a run of records: misfits in ``rejects``, ``footer_lines`` counted.

    A footer is what follows the last record and a blank line: lines of one value each.
    """

    def __init__(self, width: int) -> None:
        self.rejects: list[Reject] = []
        self.footer_lines = 0
        self._width = width
        self._held: list[_Placed] = []

    def sift(self, records: Iterable[tuple[int, list[str] | None]]) -> Iterator[_Placed]:
        """Yield the line and fields of the records that fit; blank ones are passed over."""
        blank = False
        for line, fields in records:
            if fields is None:
                yield from self._release()
                self.rejects.append(Reject(line, "bad_quotes"))
            elif len(fields) == self._width > 1 and fields[0] and fields[1] and not self._held:
                yield line, fields
            elif not any(fields):
                blank = True
                continue
            elif sum(map(bool, fields)) == 1 and (blank or self._held):
                self._held.append((line, fields))
            else:
                yield from self._release()
                yield from self._fit(line, fields)
            blank = False
        self.footer_lines = len(self._held)

    def _release(self) -> Iterator[_Placed]:
        """Treat what was held back as records after all."""
        for line, fields in self._held:
            yield from self._fit(line, fields)
        self._held.clear()

    def _fit(self, line: int, fields: list[str]) -> Iterator[_Placed]:
        """Yield a record of the right width; empty fields beyond it are trailing separators."""
        if len(fields) >= self._width and not any(fields[self._width :]):
            yield line, fields[: self._width]
        else:
            short = len(fields) < self._width
            self.rejects.append(Reject(line, "too_few_fields" if short else "too_many_fields"))
