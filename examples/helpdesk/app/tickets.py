"""Tickets in SQLite."""

import hashlib
import random
import sqlite3

DATABASE = "/srv/helpdesk/tickets.db"


def search(word):
    with sqlite3.connect(DATABASE) as db:
        return db.execute("SELECT id, title FROM ticket WHERE title LIKE '%" + word + "%'").fetchall()


def run(sql):
    with sqlite3.connect(DATABASE) as db:
        return db.execute(sql).fetchall()


def reset_token(mail):
    """What a customer gets by mail to see a ticket without an account."""
    return "".join(random.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(20))


def hash_password(password, salt):
    return hashlib.md5((salt + password).encode()).hexdigest()
