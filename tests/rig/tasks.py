# SPDX-License-Identifier: Apache-2.0
"""What people do with a card, as commands of stock Debian programs: shared by the demo, the bench
and the end-to-end tests.
"""

from pathlib import Path

import pki

LIST_READERS = ["opensc-tool", "-l"]
READ_ATR = ["opensc-tool", "-a"]
LIST_OBJECTS = ["pkcs11-tool", "-O"]
SHOW_TICKETS = ["klist", "-f"]
DROP_TICKETS = ["kdestroy"]
SIGN_KEY = "0001"  # the card's sign-in key


def ticket_is_by_card(text):
    """klist -f marks a ticket that was given for more than a name with the flag A (pre-
    authenticated).
    """
    flags = [line.split("Flags:")[1].split()[0] for line in text.splitlines() if "Flags:" in line]
    return f"krbtgt/{pki.REALM}" in text and bool(flags) and "A" in flags[0]


class Signature:
    """A small file, signed with the card's key and checked with the certificate that the card hands
    out.
    """

    def __init__(self, work, name="letter"):
        self._data, self._signature = Path(work, f"{name}.txt"), Path(work, f"{name}.sig")
        self._certificate, self._key = Path(work, f"{name}.der"), Path(work, f"{name}.pub")
        self._data.write_text("I agree.\n", encoding="ascii")

    def sign_command(self, pin=pki.PIN):
        self._signature.unlink(missing_ok=True)
        words = (
            f"pkcs11-tool --login --pin {pin} --sign --id {SIGN_KEY} --mechanism SHA256-RSA-PKCS"
        )
        files = ["--input-file", str(self._data), "--output-file", str(self._signature)]
        return words.split() + files

    def certificate_command(self):
        self._certificate.unlink(missing_ok=True)
        words = f"pkcs11-tool --read-object --type cert --id {SIGN_KEY} --output-file"
        return words.split() + [str(self._certificate)]

    def public_key_command(self):
        words = "openssl x509 -noout -pubkey -inform DER -in"
        return words.split() + [str(self._certificate), "-out", str(self._key)]

    def verify_command(self):
        files = ["-verify", str(self._key), "-signature", str(self._signature), str(self._data)]
        return "openssl dgst -sha256".split() + files

    def forge(self):
        """Changes what was signed: from now on the signature must not verify."""
        self._data.write_text("I agree to everything.\n", encoding="ascii")

    def exists(self):
        return self._signature.exists() and self._signature.stat().st_size > 0

    def verify(self, run):
        """Reads the certificate through `run` (a function that runs a command) and checks the
        signature with its key.
        """
        for command in (self.certificate_command(), self.public_key_command()):
            result = run(command)
            if result.status != 0:
                return result
        return run(self.verify_command())
