"""`kamaelia dissect`: AIM, ICQ and MSN traffic in a capture file, made readable.

Reads pcap and pcapng, puts TCP streams together, finds OSCAR, MSNP, their file
transfers and Passport sign-ons on any port, and prints frame by frame, then who said
what to whom. docs/howto/dissect.md describes both forms of the output.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.text import Text

from Kamaelia.cli.capture_file import CaptureError
from Kamaelia.cli.dissect_document import Document
from Kamaelia.cli.dissect_flows import Dissector
from Kamaelia.cli.dissect_records import Fields
from Kamaelia.cli.dissect_talk import Conversation
from Kamaelia.cli.dissect_text import Line, line_of, said_line
from Kamaelia.cli.plain_text import tolerate_narrow_output

_STYLES: Final = {
    "flow": "bold",
    "c2s": "cyan",
    "s2c": "green",
    "note": "yellow",
    "said": "bold",
}


def dissect(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A pcap or pcapng capture.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document.")
    ] = False,
) -> None:
    """Print the AIM, ICQ and MSN traffic in a capture, frame by frame, then the talk.

    Each line begins with the time in seconds since the first packet, the number of
    the connection and the direction. A FLAP line has channel, sequence number and
    length, then family, subtype, name, flags and request ID of its SNAC. Lines with
    an exclamation mark tell what is missing or cannot be read.
    """
    tolerate_narrow_output()
    if as_json:
        print(json.dumps(dissect_to_document(file), indent=1))
        return
    dissect_to_lines(file, _printer())


def dissect_to_document(path: Path) -> Fields:
    """Return the JSON document for a capture.

    Raises:
        CaptureError: the file is no capture.
        OSError: the file cannot be read.
    """
    dissector, document = Dissector(), Document()
    for event in dissector.read(path):
        document.receive(event)
    return document.finish(path, dissector)


def dissect_to_lines(path: Path, show: Callable[[Line], None]) -> None:
    """Hand the lines of a capture's listing to `show`, as they are found.

    Raises:
        CaptureError: the file is no capture.
        OSError: the file cannot be read.
    """
    dissector, talk = Dissector(), Conversation()
    for event in dissector.read(path):
        talk.receive(event)
        if line := line_of(event):
            show(line)
    said = list(talk.said())
    if said:
        show(Line("", "said"))
        show(Line("conversation:", "flow"))
    for each in said:
        show(said_line(each))
    known = sum(reader.application != "other" for reader in dissector.readers)
    show(Line("", "said"))
    show(
        Line(
            f"{dissector.packets} packets, {len(dissector.readers)} connections, "
            f"{known} of them shown; {len(said)} messages",
            "flow",
        )
    )


def _printer() -> Callable[[Line], None]:
    """Return what prints a line: in colour on a terminal, plain elsewhere."""
    console = Console()
    if not console.is_terminal:
        return lambda line: print(line.text)

    def show(line: Line) -> None:
        text = Text(line.text, style=_STYLES[line.style])
        console.print(text, soft_wrap=True)

    return show


__all__ = ["CaptureError", "dissect", "dissect_to_document", "dissect_to_lines"]
