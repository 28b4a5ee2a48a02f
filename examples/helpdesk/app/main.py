"""The help desk's web interface: customers ask, the agent answers from tickets and the knowledge base."""

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from app import agent, tickets

app = FastAPI(title="Help desk")
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)


@app.post("/chat")
async def chat(request: Request):
    body = await request.json()
    answer = agent.answer(body["question"], tone=body.get("tone", "friendly"))
    return HTMLResponse("<article>" + answer + "</article>")


@app.get("/tickets")
def search(word: str = ""):
    return tickets.search(word)


@app.get("/attachments/{name}")
def attachment(name: str):
    return FileResponse("/srv/helpdesk/attachments/" + name)


@app.get("/back")
def back(to: str = "/"):
    return RedirectResponse(to)


@app.post("/report")
async def report(request: Request):
    body = await request.json()
    return {"answer": agent.report(body["question"])}
