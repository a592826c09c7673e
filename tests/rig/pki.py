#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rig's keys: a CA, a certificate for the KDC, three certificates for the card, and an NSS
database that is the card.

ensure(directory) makes them once; whoever asks again, also at the same time, gets the same ones.
They are worth nothing outside the rig: the PIN stands here in the open.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

REALM = "RDPESC.TEST"
USER = "alice"
PIN = "77777777"
CERTIFICATES = ("cert1", "cert2", "cert3")  # sign-in, signature, encryption: the three of a CAC
RECIPE = "4"  # raise it when what is made here changes: older results are then made anew
DAYS = 3650

UPN = "1.3.6.1.4.1.311.20.2.3"  # Microsoft's user principal name
# The others: id-pkinit-KPKdc, -KPClientAuth, -san (RFC 4556), and Microsoft's smart card logon.
EXTENSIONS = f"""
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[kdc]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, nonRepudiation, keyEncipherment, keyAgreement
extendedKeyUsage = 1.3.6.1.5.2.3.5
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:kdc_name
[kdc_name]
realm = EXP:0, GeneralString:{REALM}
principal_name = EXP:1, SEQUENCE:kdc_principal
[kdc_principal]
name_type = EXP:0, INTEGER:2
name_string = EXP:1, SEQUENCE:kdc_parts
[kdc_parts]
part1 = GeneralString:krbtgt
part2 = GeneralString:{REALM}
[signin]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, keyEncipherment, keyAgreement
extendedKeyUsage = 1.3.6.1.5.2.3.4, clientAuth, 1.3.6.1.4.1.311.20.2.2
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = otherName:1.3.6.1.5.2.2;SEQUENCE:user_name, otherName:{UPN};UTF8:{USER}@{REALM}
[user_name]
realm = EXP:0, GeneralString:{REALM}
principal_name = EXP:1, SEQUENCE:user_principal
[user_principal]
name_type = EXP:0, INTEGER:1
name_string = EXP:1, SEQUENCE:user_parts
[user_parts]
part1 = GeneralString:{USER}
[signature]
basicConstraints = CA:FALSE
keyUsage = digitalSignature, nonRepudiation
extendedKeyUsage = emailProtection
[encryption]
basicConstraints = CA:FALSE
keyUsage = keyEncipherment, dataEncipherment
extendedKeyUsage = emailProtection
"""


def _run(where, command, *more):
    """Runs the words of `command`, then those of `more`, which may have spaces."""
    argv = command.split() + list(more)
    done = subprocess.run(
        argv, cwd=where, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} failed:\n{done.stdout}{done.stderr}")


def _authority(where):
    request = "openssl req -x509 -newkey rsa:2048 -nodes -config extensions.cnf -extensions ca"
    result = f"-keyout ca.key -out ca.pem -days {DAYS}"
    _run(where, f"{request} {result} -subj", "/O=rdpesc rig/CN=rdpesc rig CA")


def _certificate(where, name, section, subject):
    """A key and a certificate of the CA."""
    request = "openssl req -newkey rsa:2048 -nodes -config extensions.cnf"
    _run(
        where, f"{request} -keyout {name}.key -out {name}.csr -subj", f"/O=rdpesc rig/CN={subject}"
    )
    sign = "openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -extfile extensions.cnf"
    _run(where, f"{sign} -extensions {section} -in {name}.csr -out {name}.pem -days {DAYS}")


def _card(where):
    """The NSS database that libcacard opens; its password is the card's PIN."""
    (where / "nssdb").mkdir()
    (where / "pin").write_text(PIN + "\n", encoding="ascii")
    _run(where, "certutil -N -d sql:nssdb -f pin")
    # -f also here: with trust flags certutil asks the terminal for the password otherwise.
    _run(where, "certutil -A -d sql:nssdb -f pin -n ca -t CT,C,C -a -i ca.pem")
    for name in CERTIFICATES:
        pair = f"-inkey {name}.key -in {name}.pem -name {name} -out {name}.p12"
        _run(where, f"openssl pkcs12 -export {pair} -passout pass:x")
        _run(where, f"pk12util -i {name}.p12 -d sql:nssdb -k pin -W x -n {name}")


def _make(where):
    (where / "extensions.cnf").write_text(EXTENSIONS, encoding="ascii")
    _authority(where)
    _certificate(where, "kdc", "kdc", "kdc")
    for name, section in zip(CERTIFICATES, ("signin", "signature", "encryption")):
        _certificate(where, name, section, USER if section == "signin" else f"{USER} {section}")
    _card(where)
    (where / "recipe").write_text(RECIPE, encoding="ascii")


def _is_good(directory):
    """Made by this recipe, and its times suit the clock (which may have been set back since)."""
    try:
        if (directory / "recipe").read_text(encoding="ascii") != RECIPE:
            return False
        age = time.time() - (directory / "recipe").stat().st_mtime
    except OSError:
        return False
    return -1 < age < (DAYS - 2) * 86400


def ensure(directory):
    """The directory, with everything in it. Made aside and renamed, so that it is never seen half
    made.
    """
    directory = Path(directory).resolve()
    if _is_good(directory):
        return directory
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pki-", dir=directory.parent) as scratch:
        made, old = Path(scratch, "made"), Path(scratch, "old")
        made.mkdir(mode=0o700)
        _make(made)
        if directory.exists() and not _is_good(directory):
            os.rename(directory, old)
        try:
            os.rename(made, directory)
        except OSError:
            if not _is_good(directory):  # not merely another run that was faster
                raise
    return directory


def copy_card(directory, target):
    """A copy of the card's database: each rig has its own, as NSS locks what it opens."""
    shutil.copytree(Path(directory, "nssdb"), target)
    return target


def main():
    parser = argparse.ArgumentParser(
        description="Makes the keys and certificates of the rig, once."
    )
    parser.add_argument("directory", help="where they are kept, for example build/rig/pki")
    print(ensure(parser.parse_args().directory))


if __name__ == "__main__":
    main()
