"""The agent's tools, as an MCP server on this machine only."""

import pathlib
import re
import subprocess
from urllib.parse import quote

import httpx
from mcp.server.fastmcp import FastMCP

LOGS = pathlib.Path("/srv/helpdesk/logs").resolve()
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
def fetch(page: str) -> str:
    """Fetches a page of the knowledge base by its name."""
    # Only the name comes from outside; the server is ours, and a redirect would leave it.
    return httpx.get("https://kb.helpdesk.example/" + quote(page, safe=""), follow_redirects=False, timeout=10).text


if __name__ == "__main__":
    mcp.run(transport="stdio")
