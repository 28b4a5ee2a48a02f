#!/usr/bin/env python3
"""Compares the checks of numbers with python-stdnum: both judge the same made-up numbers, valid and not.

    python3 -m pip install python-stdnum
    cargo build --release -p redan-inspect --example checks
    python3 bench/inspect/check_numbers.py target/release/examples/checks

Numbers are drawn from a form (`#` a digit, `@` a letter, `[abc]` one of these, `{ymd}` a date) until enough valid
and invalid ones by python-stdnum are there. Numbers that differ from a valid one in one digit are among the invalid.
Exit code 1 where the two disagree.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import subprocess
import sys
from datetime import date, timedelta

WANTED = 300
TRIES = 400_000

# Check, module of python-stdnum, forms.
CHECKS = [
    ("luhn", "luhn", ["################"]),
    ("verhoeff", "verhoeff", ["############"]),
    ("iban", "iban", ["DE####################", "NL##INGB##########", "BE##############", "ES######################"]),
    ("imei", "imei", ["35#############"]),
    ("aba", "us.rtn", ["0[123]#######", "[1]########", "3[012]#######", "80#######"]),
    ("south-africa", "za.idnr", ["{ymd}####[01]8#", "{ymd}####[01][89]#"]),
    ("israel", "il.idnr", ["#########"]),
    ("turkey", "tr.tckimlik", ["[123456789]##########"]),
    ("canada-sin", "ca.sin", ["[12345679]########"]),
    ("brazil-cpf", "br.cpf", ["###########"]),
    ("brazil-cnpj", "br.cnpj", ["########0001##"]),
    ("argentina-cuit", "ar.cuit", ["2[0347]#########", "3[034]#########"]),
    ("peru-ruc", "pe.ruc", ["10#########", "20#########", "1[57]#########"]),
    ("chile-rut", "cl.rut", ["[12]#######[0123456789K]"]),
    ("mexico-curp", "mx.curp", ["@[AEIOU]@@{ymd}[HM][DMG][FNT][BCDFGHJK][BCDFGHJK][BCDFGHJK][0123456789AB]#"]),
    ("mexico-rfc", "mx.rfc", ["@[AEIOU]@@{ymd}[0123456789AB][0123456789AB][0123456789A]"]),
    ("colombia-nit", "co.nit", ["[89]#########"]),
    ("ecuador-cedula", "ec.ci", ["[01][0123456789][012345]#######"]),
    ("dominican-cedula", "do.cedula", ["0[01]#########", "402########"]),
    ("cuba-ni", "cu.ni", ["{ymd}#####"]),
    ("india-aadhaar", "in_.aadhaar", ["[23456789]###########"]),
    ("india-gstin", "in_.gstin", ["[012]#@@@[PCHF]@####@[123]Z[0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ]"]),
    ("china", "cn.ric", ["11010[1]{Ymd}###[0123456789X]", "31010[14]{Ymd}###[0123456789X]"]),
    ("korea-rrn", "kr.rrn", ["{ymd}[1234]0#####"]),
    ("korea-brn", "kr.brn", ["[123456789]#[0123456789]#######"]),
    ("japan", "jp.in_", ["############"]),
    ("thailand", "th.pin", ["[12345678]############"]),
    ("malaysia", "my.nric", ["{ymd}[01]#####"]),
    ("indonesia", "id.nik", ["[137][123456]#[1]##{dmy}####"]),
    ("pakistan", "pk.cnic", ["[1234567]############"]),
    ("poland-pesel", "pl.pesel", ["{ymd}#####"]),
    ("poland-nip", "pl.nip", ["[123456789]#########"]),
    ("poland-regon", "pl.regon", ["#########"]),
    ("birth-number", "cz.rc", ["{ymd}####"]),
    ("romania-cnp", "ro.cnp", ["[12]{ymd}[0123]#####", "[56]0{ymd1}[0123]#####"]),
    ("bulgaria-egn", "bg.egn", ["{ymd}####"]),
    ("croatia-oib", "hr.oib", ["###########"]),
    ("jmbg", "si.emso", ["{dmyyy}50####"]),
    ("slovenia-tax", "si.ddv", ["[123456789]#######"]),
    ("russia-inn", "ru.inn", ["############"]),
    ("sweden", "se.personnummer", ["{ymd}-####"]),
    ("sweden-organisation", "se.orgnr", ["[5]5[6]#######", "[12589][0][23456789]#######"]),
    ("norway", "no.fodselsnummer", ["{dmy}#####"]),
    ("denmark", "dk.cpr", ["{dmy}####"]),
    ("finland", "fi.hetu", ["{dmy}[-A]###[0123456789ABCDEFHJKLMNPRSTUVWXY]"]),
    ("iceland", "is_.kennitala", ["{dmy}##[0123456789][09]"]),
    ("baltic", "ee.ik", ["[3456]{ymd}####"]),
    ("baltic", "lt.asmens", ["[3456]{ymd}####"]),
    ("latvia", "lv.pvn", ["{dmy}[012]####", "32#########"]),
    ("australia-tfn", "au.tfn", ["[123456789]########"]),
    ("australia-abn", "au.abn", ["[123456789]##########"]),
    ("australia-acn", "au.acn", ["#########"]),
    ("new-zealand-ird", "nz.ird", ["[123456789]#######", "1########"]),
    ("spain-nif", "es.nif", ["########@", "[XYZ]#######@"]),
    ("portugal-nif", "pt.nif", ["[12]########"]),
    ("portugal-card", "pt.cc", ["########[0123456789][ABCDXYZ0123456789][ABCDXYZ0123456789]#"]),
    ("italy-fiscal", "it.codicefiscale", ["[BCDFGLMNPRST][BCDFGLMNPRST][BCDFGLMNPRST][BCDFGLMNPRST][BCDFGLMNPRST][BCDFGLMNPRST]##[ABCDEHLMPRST][01]#[ABCDEFGHIL]###@"]),
    ("italy-vat", "it.iva", ["0######0[0123456789]##"]),
    ("greece-amka", "gr.amka", ["{dmy}#####"]),
    ("greece-afm", "gr.vat", ["[01]########"]),
    ("cyprus", "cy.vat", ["[0134569]#######@"]),
    ("us-ssn", "us.ssn", ["#########"]),
    ("us-itin", "us.itin", ["9########"]),
    ("us-ein", "us.ein", ["#########"]),
    ("uk-nhs", "gb.nhs", ["[4679]#########"]),
    ("ireland-pps", "ie.pps", ["#######@", "#######@[AHW]"]),
    ("france-nir", "fr.nir", ["[12]##0[123456789]##########"]),
    ("france-spi", "fr.nif", ["[0123]############"]),
    ("france-siret", "fr.siret", ["[345678]#############"]),
    ("belgium", "be.nn", ["{ymd}#####"]),
    ("netherlands-bsn", "nl.bsn", ["#########"]),
    ("germany-tax", "de.idnr", ["[123456789]##########"]),
    ("germany-vat", "de.vat", ["[123456789]########"]),
    ("austria", "at.vnr", ["[123456789]###{dmy}"]),
    ("switzerland", "ch.ssn", ["756##########"]),
    ("ukraine", "ua.rntrc", ["[123]#########"]),
]


def draw(form: str, rng: random.Random) -> str:
    """A value of the form."""
    day = date(1930, 1, 1) + timedelta(days=rng.randrange(34_000))
    dates = {"{ymd}": "%y%m%d", "{ymd1}": "%y%m%d", "{Ymd}": "%Y%m%d", "{dmy}": "%d%m%y"}

    def one(match: re.Match) -> str:
        part = match[0]
        if part == "{dmyyy}":
            return day.strftime("%d%m") + f"{day.year % 1000:03}"
        if part == "{ymd1}":
            return day.strftime("%y%m%d")[1:]
        if part in dates:
            return day.strftime(dates[part])
        if part == "#":
            return str(rng.randrange(10))
        return rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ" if part == "@" else part[1:-1])

    return re.sub(r"\{\w+\}|\[\w+\]|\[[-\w]+\]|#|@", one, form)


def other_digit(value: str, rng: random.Random) -> str:
    """The value with one digit changed."""
    at = rng.choice([at for at, letter in enumerate(value) if letter.isdigit()])
    return value[:at] + rng.choice([d for d in "0123456789" if d != value[at]]) + value[at + 1 :]


def numbers(module, forms: list[str], rng: random.Random) -> tuple[list[str], list[str]]:
    """Valid and invalid numbers by the module."""
    valid, invalid = [], []
    for turn in range(TRIES):
        if len(valid) >= WANTED or (turn > TRIES // 10 and not valid):
            break
        value = draw(forms[turn % len(forms)], rng)
        if module.is_valid(value):
            valid.append(value)
            near = other_digit(value, rng)
            if not module.is_valid(near):
                invalid.append(near)
        elif len(invalid) < WANTED:
            invalid.append(value)
    return valid, invalid


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checks", help="the example `checks`, built")
    args = parser.parse_args()
    rng = random.Random(7)
    rows, lines = [], []
    for check, name, forms in CHECKS:
        try:
            module = importlib.import_module(f"stdnum.{name}")
        except ImportError:
            print(f"python-stdnum has no {name}", file=sys.stderr)
            continue
        valid, invalid = numbers(module, forms, rng)
        rows.append((check, name, valid, invalid))
        lines += [f"{check}\t{value}" for value in valid + invalid]
    answers = iter(subprocess.run([args.checks], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True).stdout.split())
    print("| check | python-stdnum | valid, held | invalid, refused |\n|---|---|---|---|")
    wrong = 0
    for check, name, valid, invalid in rows:
        refused = [value for value in valid if next(answers) != "1"]
        held = [value for value in invalid if next(answers) != "0"]
        wrong += len(refused) + len(held) + (not valid)
        print(f"| {check} | {name} | {len(valid) - len(refused)}/{len(valid)} | {len(invalid) - len(held)}/{len(invalid)} |")
        if refused or held:
            print(f"  {check}: refused though valid {refused[:5]}, held though invalid {held[:5]}", file=sys.stderr)
    total = sum(len(valid) + len(invalid) for _, _, valid, invalid in rows)
    print(f"\n{len(rows)} checks, {total} numbers, {wrong} disagreements.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
