"""The agent: answers from the knowledge base, and chooses among what is prepared. Nothing that it writes is run."""

import ast
import operator
import pathlib

from openai import OpenAI

from app import rag, tickets

client = OpenAI(base_url="https://llm.helpdesk.example/v1", timeout=30, max_retries=2)
MODEL = "gpt-4o-2024-11-20"
SYSTEM = pathlib.Path("prompts/system.md").read_text()
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def ask(messages):
    reply = client.chat.completions.create(model=MODEL, messages=messages, max_tokens=800)
    return reply.choices[0].message.content


def answer(question):
    # What was retrieved is data: it comes as a message of its own, never inside the instructions.
    return ask([
        {"role": "system", "content": SYSTEM},
        {"role": "user", "content": rag.passages(question)},
        {"role": "user", "content": question},
    ])


def report(question):
    """Answers a question about the tickets with one of the prepared queries."""
    names = ", ".join(tickets.REPORTS)
    name = ask([
        {"role": "system", "content": f"Answer with the name of the report that fits, one of: {names}."},
        {"role": "user", "content": question},
    ])
    return tickets.report(name.strip())


def calculate(question):
    text = ask([
        {"role": "system", "content": "Write one arithmetic expression of numbers. Only the expression."},
        {"role": "user", "content": question},
    ])
    return value(ast.parse(text[:200], mode="eval").body)


def value(node):
    """Numbers and four operators; anything else is refused."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        return node.value
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](value(node.left), value(node.right))
    raise ValueError("not an arithmetic expression")


def diagnose(problem):
    """What the model proposes, for a person of the support team to read and decide on."""
    return ask([
        {"role": "system", "content": "Propose what to look at to find the cause."},
        {"role": "user", "content": problem},
    ])
