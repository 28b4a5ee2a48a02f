"""Tickets in SQLite."""

import hashlib
import secrets
import sqlite3

DATABASE = "/srv/helpdesk/tickets.db"
REPORTS = {
    "open by product": "SELECT product, count(*) FROM ticket WHERE closed IS NULL GROUP BY product",
    "closed this week": "SELECT count(*) FROM ticket WHERE closed > date('now', '-7 days')",
    "slowest": "SELECT title, julianday(closed) - julianday(opened) AS days FROM ticket ORDER BY days DESC LIMIT 10",
}


def search(word):
    with sqlite3.connect(DATABASE) as db:
        return db.execute("SELECT id, title FROM ticket WHERE title LIKE ?", (f"%{word}%",)).fetchall()


def report(name):
    """One of the queries above; the model chooses, it does not write."""
    if name not in REPORTS:
        raise ValueError("no such report")
    with sqlite3.connect(DATABASE) as db:
        return db.execute(REPORTS[name]).fetchall()


def reset_token(mail):
    """What a customer gets by mail to see a ticket without an account."""
    return secrets.token_urlsafe(24)


def hash_password(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()
