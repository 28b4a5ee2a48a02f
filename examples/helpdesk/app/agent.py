"""The agent: answers from the knowledge base, looks things up, and runs what the model writes."""

import subprocess

from openai import OpenAI

from app import rag, tickets

client = OpenAI(base_url="http://llm.helpdesk.example/v1")
MODEL = "gpt-4o"


def ask(system, question):
    reply = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": system}, {"role": "user", "content": question}],
    )
    return reply.choices[0].message.content


def answer(question, tone):
    passages = rag.passages(question)
    system = f"You are the help desk of Example Ltd. Be {tone}. What we know:\n{passages}"
    return ask(system, question)


def report(question):
    """Answers a question about the tickets with a query that the model writes."""
    sql = ask("Write one SQLite query over ticket(id, title, body, customer). Only the query.", question)
    return tickets.run(sql)


def calculate(question):
    code = ask("Write one Python expression that answers the question. Only the expression.", question)
    return eval(code)


def diagnose(problem):
    """Runs the command that the model proposes on the support host."""
    command = ask("Propose one shell command that finds the cause. Only the command.", problem)
    return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
