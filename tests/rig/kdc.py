# SPDX-License-Identifier: Apache-2.0
"""A Kerberos realm for the rig: MIT's KDC on the loopback network, whose user alice signs in by
PKINIT with the card.
"""

import os
import subprocess
from pathlib import Path

import pki
from process import Process, RigError, wait_until

PORT = 8888
MODULE = "opensc-pkcs11.so"
# The card has several certificates and PKINIT wants to be told which one.
CERTIFICATE_LABEL = "CAC ID Certificate"

CLIENT = """[libdefaults]
default_realm = {realm}
dns_lookup_realm = false
dns_lookup_kdc = false
rdns = false
udp_preference_limit = 1
[realms]
{realm} = {{
    kdc = 127.0.0.1:{port}
    pkinit_anchors = FILE:{keys}/ca.pem
    pkinit_eku_checking = kpKDC
}}
"""
SERVER = """[realms]
{realm} = {{
    database_name = {directory}/principal
    key_stash_file = {directory}/stash
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
    pkinit_identity = FILE:{keys}/kdc.pem,{keys}/kdc.key
    pkinit_anchors = FILE:{keys}/ca.pem
    pkinit_eku_checking = kpClientAuth
}}
[logging]
kdc = STDERR
"""


def find_module():
    """OpenSC's PKCS#11 module, wherever it is; None when it is not installed."""
    found = sorted(Path("/usr/lib").glob(f"*/{MODULE}"))
    return str(found[0]) if found else None


class Kdc:
    """start() makes the realm and runs the KDC; environment() is what Kerberos programs need."""

    def __init__(self, work, keys):
        self.directory = Path(work, "kdc")
        self._keys = keys
        self._process = None

    def _write_configuration(self):
        for name, text in (("krb5.conf", CLIENT), ("kdc.conf", SERVER)):
            filled = text.format(
                realm=pki.REALM, port=PORT, directory=self.directory, keys=self._keys
            )
            (self.directory / name).write_text(filled, encoding="utf-8")

    def _environment_of_kdc(self):
        return {
            **os.environ,
            **self.environment(self.directory),
            "KRB5_KDC_PROFILE": str(self.directory / "kdc.conf"),
        }

    def _administer(self, *argv):
        done = subprocess.run(
            argv,
            env=self._environment_of_kdc(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RigError(f"{argv[0]} failed:\n{done.stdout}{done.stderr}")

    def start(self):
        self.directory.mkdir()
        self._write_configuration()
        self._administer("kdb5_util", "create", "-r", pki.REALM, "-s", "-P", "not a secret")
        self._administer(
            "kadmin.local", "-r", pki.REALM, "-q", f"addprinc -randkey +requires_preauth {pki.USER}"
        )
        self._process = Process(
            "krb5kdc",
            ["krb5kdc", "-n", "-r", pki.REALM],
            self.directory / "kdc.log",
            self._environment_of_kdc(),
        )
        wait_until(self._answers, "krb5kdc to listen", parts=[self._process])

    @staticmethod
    def _answers():
        """Whether something listens on the KDC's TCP port of this network namespace."""
        with open("/proc/net/tcp", encoding="ascii") as file:
            return any(f":{PORT:04X} " in line and line.split()[3] == "0A" for line in file)

    def stop(self):
        if self._process:
            self._process.stop()
            self._process = None

    def environment(self, home):
        """For Kerberos programs; their tickets are kept in the directory `home`."""
        return {
            "KRB5_CONFIG": str(self.directory / "krb5.conf"),
            "KRB5CCNAME": f"FILE:{home}/tickets",
        }


def kinit_command():
    """Signs in with the card; reads the PIN from a pipe, as well as from a terminal."""
    identity = f"PKCS11:module_name={find_module()}:certlabel={CERTIFICATE_LABEL}"
    return ["kinit", "-X", f"X509_user_identity={identity}", pki.USER]
