"""What do the cells of a workbook say that name their text by a number? Read only as far as a number asks for.

openpyxl reads them all before the first row, at 11 µs each: a minute for what a small file can hold.
"""

from typing import IO
from xml.parsers import expat

from servewell.engines.mining.errors import MiningError

MOST = 4_000_000  # texts; a sheet has 1,048,576 rows
BLOCK = 1 << 16


class SharedStrings:
    """The texts of a workbook, by number from 0."""

    def __init__(self, part: IO[bytes], file_name: str) -> None:
        self._part, self._file_name = part, file_name
        self._texts: list[str] = []
        self._is_over = False
        self._expat = expat.ParserCreate(namespace_separator=" ")
        self._expat.buffer_text = True
        self._expat.EntityDeclHandler = self._refuse_entities
        self._listen()

    def __getitem__(self, number: int) -> str:
        while number >= len(self._texts) and not self._is_over:
            self._read_on()
        return self._texts[number]

    def _read_on(self) -> None:
        block = self._part.read(BLOCK)
        self._is_over = not block
        self._expat.Parse(block, self._is_over)
        if len(self._texts) > MOST:
            raise MiningError("too-many-texts", path=self._file_name, most=f"{MOST:,}")

    def _refuse_entities(self, *_declared: object) -> None:
        raise MiningError("forbidden-xml", path=self._file_name)

    def _listen(self) -> None:
        """Set the callbacks: closures over plain locals, because they run several times per text."""
        heard: list[str] = []
        texts = self._texts
        is_text = is_reading_aid = False

        def start(name: str, _attributes: dict[str, str]) -> None:
            nonlocal is_text, is_reading_aid
            is_text = name.endswith(" t") and not is_reading_aid
            if name.endswith(" rPh"):  # how to pronounce it stands there again
                is_reading_aid = True

        def end(name: str) -> None:
            nonlocal is_text, is_reading_aid
            is_text = False
            if name.endswith(" rPh"):
                is_reading_aid = False
            elif name.endswith(" si"):
                texts.append("".join(heard).replace("x005F_", ""))  # as openpyxl has it
                heard.clear()

        def said(text: str) -> None:
            if is_text:
                heard.append(text)

        self._expat.StartElementHandler = start
        self._expat.EndElementHandler = end
        self._expat.CharacterDataHandler = said
