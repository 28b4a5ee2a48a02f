"""The help desk's web interface: customers ask, the agent answers from tickets and the knowledge base."""

import html
import pathlib

from fastapi import FastAPI, HTTPException, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from app import agent, tickets

ATTACHMENTS = pathlib.Path("/srv/helpdesk/attachments").resolve()
PLACES = {"home": "/", "tickets": "/tickets", "help": "/help"}

app = FastAPI(title="Help desk")
app.add_middleware(CORSMiddleware, allow_origins=["https://desk.helpdesk.example"], allow_credentials=True)


@app.post("/chat")
async def chat(request: Request):
    body = await request.json()
    answer = agent.answer(body["question"])
    return HTMLResponse("<article>" + html.escape(answer) + "</article>")


@app.get("/tickets")
def search(word: str = ""):
    return tickets.search(word)


@app.get("/attachments/{name}")
def attachment(name: str):
    path = (ATTACHMENTS / name).resolve()
    if not path.is_relative_to(ATTACHMENTS):
        raise HTTPException(404)
    return FileResponse(path)


@app.get("/back")
def back(to: str = "home"):
    return RedirectResponse(PLACES.get(to, "/"))


@app.post("/report")
async def report(request: Request):
    body = await request.json()
    return {"answer": agent.report(body["question"])}
