"""The agent's tools, as an MCP server on this machine only."""

import pathlib
import re
import subprocess
from urllib.parse import urlparse

import httpx
from mcp.server.fastmcp import FastMCP

LOGS = pathlib.Path("/srv/helpdesk/logs").resolve()
PAGES = {"kb.helpdesk.example", "docs.helpdesk.example"}
HOST = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")

mcp = FastMCP("helpdesk-tools")


@mcp.tool()
def ping(host: str) -> str:
    """Says whether a customer's host answers."""
    if not HOST.fullmatch(host):
        raise ValueError("not a host name")
    return subprocess.run(["ping", "-c", "1", "--", host], capture_output=True, text=True, timeout=10).stdout


@mcp.tool()
def read_log(name: str) -> str:
    """Reads a log file of a customer's installation."""
    path = (LOGS / name).resolve()
    if not path.is_relative_to(LOGS):
        raise ValueError("not a log file")
    return path.read_text()


@mcp.tool()
def fetch(url: str) -> str:
    """Fetches a page of the knowledge base."""
    parts = urlparse(url)
    if parts.scheme != "https" or parts.hostname not in PAGES:
        raise ValueError("not a page of ours")
    return httpx.get(url, follow_redirects=False, timeout=10).text


if __name__ == "__main__":
    mcp.run(transport="stdio")
