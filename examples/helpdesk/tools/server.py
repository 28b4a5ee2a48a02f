"""The agent's tools, as an MCP server."""

import os
import subprocess

import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("helpdesk-tools", host="0.0.0.0", port=8765)


@mcp.tool()
def ping(host: str) -> str:
    """Says whether a customer's host answers."""
    return subprocess.getoutput("ping -c 1 " + host)


@mcp.tool()
def read_log(name: str) -> str:
    """Reads a log file of a customer's installation."""
    with open(os.path.join("/srv/helpdesk/logs", name)) as file:
        return file.read()


@mcp.tool()
def fetch(url: str) -> str:
    """Fetches a page that the customer mentions."""
    return httpx.get(url).text


if __name__ == "__main__":
    mcp.run(transport="sse")
