#!/usr/bin/env python3
"""Compares the checks of numbers with python-stdnum: both judge the same made-up numbers, valid and not.

    python3 -m pip install python-stdnum
    cargo build --release -p redan-inspect --example checks
    python3 bench/inspect/check_numbers.py target/release/examples/checks

Numbers are drawn from a form (`#` a digit, `@` a letter, `[abc]` one of these, `{ymd}` a date) until enough valid
and invalid ones by python-stdnum are there. Numbers that differ from a valid one in one digit are among the invalid.
Exit code 1 where the two disagree otherwise than is expected (`EXPECTED`, each with its reason).
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

# Where the two differ and should: check -> which answer of Redan, of which values, why.
EXPECTED = {
    "aba": ("refused", lambda v: not (0 <= int(v[:2]) <= 12 or 21 <= int(v[:2]) <= 32 or 61 <= int(v[:2]) <= 72 or v[:2] == "80"), "python-stdnum does not look at the Federal Reserve districts"),
    "mexico-rfc": ("refused", lambda v: True, "python-stdnum verifies the check digit only when asked to"),
    "mexico-curp": ("held", lambda v: True, "python-stdnum refuses words that are not given to persons"),
    "korea-rrn": ("held", lambda v: True, "those given out since October 2020 have no check digit"),
    "korea-brn": ("refused", lambda v: True, "python-stdnum does not verify the check digit"),
    "indonesia": ("held", lambda v: True, "python-stdnum has the list of regencies, which changes"),
    "denmark": ("held", lambda v: True, "dates to come; Redan has no clock"),
    "belgium": ("held", lambda v: int(v[:2]) > date.today().year % 100, "years of birth to come; Redan has no clock"),
    "latvia": ("held", lambda v: v.startswith("32"), "those given out since 2017 have no check digit"),
    "new-zealand-ird": ("held", lambda v: 150_000_000 <= int(v) < 200_000_000, "the range was extended after that version of python-stdnum"),
    "us-itin": ("held", lambda v: 50 <= int(v[3:5]) <= 65, "groups 50 to 65 were added after that version of python-stdnum"),
}


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
    wrong = differ = 0
    for check, name, valid, invalid in rows:
        refused = [value for value in valid if next(answers) != "1"]
        held = [value for value in invalid if next(answers) != "0"]
        side, expects, reason = EXPECTED.get(check, ("", lambda _: False, ""))
        expected = {"refused": refused, "held": held}.get(side, [])
        differ += sum(map(expects, expected))
        refused_otherwise, held_otherwise = ([value for value in values if which != side or not expects(value)] for which, values in (("refused", refused), ("held", held)))
        wrong += len(refused_otherwise) + len(held_otherwise) + (not valid)
        print(f"| {check} | {name} | {len(valid) - len(refused)}/{len(valid)} | {len(invalid) - len(held)}/{len(invalid)} |")
        if any(map(expects, expected)):
            print(f"  {check}: {len(list(filter(expects, expected)))} {side}, as expected: {reason}", file=sys.stderr)
        if refused_otherwise or held_otherwise:
            print(f"  {check}: refused though valid {refused_otherwise[:5]}, held though invalid {held_otherwise[:5]}", file=sys.stderr)
    total = sum(len(valid) + len(invalid) for _, _, valid, invalid in rows)
    print(f"\n{len(rows)} checks, {total} numbers, {differ} expected differences, {wrong} disagreements.")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
