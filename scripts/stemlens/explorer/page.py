"""The page of the explorer, put together from our modules, a charting library and the results."""

import gzip
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import vl_convert

from stemlens.atomic import replacing
from stemlens.explorer.encoding import base64_text, page_json

VEGA_LITE_VERSION = "6.4"
WEB = Path(__file__).with_name("web")
LONG_TEXT = 100_000
"""Characters from which on a block is compressed: tables of many networks have millions."""


def write_page(
    path: str | Path, blocks: Mapping[str, Any], *, title: str, encoded: Mapping[str, str | Path]
) -> None:
    """Write one HTML file that needs nothing else.

    Parameters
    ----------
    blocks
        Name → what the page's modules read by that name.
    title
        Of the document, until a view gives it another one.
    encoded
        Name → JSON file as from `page_json`, whose text becomes a block as it is.
    """
    template = Template((WEB / "page.html").read_text("utf-8"))
    parts = [_short_block(name, page_json(value)) for name, value in blocks.items()]
    parts += [_block(name, Path(file).read_text("utf-8")) for name, file in encoded.items()]
    text = template.substitute(
        title=escape(title),
        style="\n".join(file.read_text("utf-8") for file in _web_files(".css")),
        data="\n".join(parts),
        charts=vl_convert.javascript_bundle(
            "window.vegaEmbed = vegaEmbed;", vl_version=VEGA_LITE_VERSION
        ),
        modules=page_json({"imports": _modules()}),
    )
    with replacing(path) as beside:
        beside.write_text(text, "utf-8")


def _web_files(suffix: str) -> list[Path]:
    """Files of the page that are ours: what it looks like, or what it does."""
    return sorted(WEB.glob(f"*{suffix}"))


def _short_block(name: str, text: str) -> str:
    """Write a block, compressed if it is long. Pictures and sounds are so already."""
    if len(text) < LONG_TEXT:
        return _block(name, text)
    data = gzip.compress(text.encode("utf-8"), mtime=0)
    return _block(name, base64_text(data), kind="application/gzip")


def _block(name: str, text: str, *, kind: str = "application/json") -> str:
    return f'<script type="{kind}" id="data:{escape(name)}">{text}</script>'


def _modules() -> dict[str, str]:
    """Name by which a module is imported → its text, as an address that holds it.

    A page opened from disk may not load modules from other files, not even from its own folder.
    """
    return {
        f"explorer/{file.name}": "data:text/javascript;charset=utf-8;base64,"
        + base64_text(file.read_bytes())
        for file in _web_files(".js")
    }
