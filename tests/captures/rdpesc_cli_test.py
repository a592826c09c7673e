#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rdpesc program over octets made elsewhere, tests/vectors, and over wrong usage."""
import json
import pathlib
import re
import sys
import tempfile
import unittest

from rdpesc_tool import ROOT, header_values, printed_values, rdpesc, read_vector, vectors

sys.path.insert(0, str(ROOT / "tests" / "support"))
import closing  # noqa: E402

MALFORMED = re.compile(r"malformed: [a-z0-9 ]+ at offset (\d+) in (\w+)\n")
# Legal, but a decoder need not know it.
BIG_ENDIAN = "negative/big_endian_establish"


def octets_of(hex_text):
    return bytes.fromhex(hex_text.decode())


class VectorTest(unittest.TestCase):
    def test_every_good_vector_decodes_to_the_values_of_its_header(self):
        good = vectors("ok")
        self.assertGreater(len(good), 230)
        for vector in good:
            with self.subTest(vector.name):
                status, text, said = rdpesc("decode", "--show-secrets", *vector.options(),
                                            str(vector.path))
                self.assertEqual((status, said), (0, ""))
                if vector.values:
                    self.assertEqual(printed_values(text), header_values(vector))

    def test_every_good_vector_comes_back_from_json_octet_for_octet(self):
        for vector in vectors("ok"):
            with self.subTest(vector.name):
                _, text, _ = rdpesc("decode", "--json", "--show-secrets", *vector.options(),
                                    data=vector.octets)
                status, back, said = rdpesc("encode", *vector.options(), data=text)
                self.assertEqual((status, said), (0, ""))
                self.assertEqual(octets_of(back), vector.octets)

    def test_every_acceptable_vector_decodes(self):
        acceptable = vectors("accept")
        self.assertGreater(len(acceptable), 20)
        for vector in acceptable:
            if vector.name == BIG_ENDIAN:
                continue
            with self.subTest(vector.name):
                status, _, said = rdpesc("decode", *vector.options(), data=vector.octets)
                self.assertEqual((status, said), (0, ""))

    def test_every_bad_vector_is_refused_with_offset_and_field(self):
        bad = vectors("reject")
        self.assertGreater(len(bad), 30)
        for vector in bad:
            with self.subTest(vector.name):
                status, text, said = rdpesc("decode", *vector.options(), str(vector.path))
                self.assertEqual((status, text), (1, b""))
                self.assertRegex(said, MALFORMED)
                self.assertLessEqual(int(MALFORMED.fullmatch(said)[1]), len(vector.octets))

    def test_no_prefix_of_a_good_packet_crashes_and_each_refusal_says_where(self):
        for vector in vectors("ok"):
            if vector.keys["layer"] != "pdu" or len(vector.octets) > 90:
                continue
            for length in range(0, len(vector.octets), 3):
                status, _, said = rdpesc("decode", "--binary", *vector.options(),
                                         data=vector.octets[:length])
                self.assertIn(status, (0, 1), vector.name)
                if status:
                    self.assertRegex(said, MALFORMED)


def vector(name):
    return read_vector(ROOT / "tests/vectors" / f"{name}.hex")


class UsageTest(unittest.TestCase):
    CALL = bytes.fromhex("0110 0800 cccccccc 08000000 00000000 02000000 00000000")
    JSON = b'{"dwScope": 2}'

    def refused(self, *arguments, data=b""):
        status, text, said = rdpesc(*arguments, data=data)
        self.assertEqual((status, text), (2, b""))
        self.assertRegex(said, r"\Ardpesc: [^\n]+\n\Z")

    def malformed(self, field, *arguments, data):
        status, text, said = rdpesc(*arguments, data=data)
        self.assertEqual((status, text), (1, b""))
        self.assertRegex(said, r"\Amalformed: [^\n]+ at offset \d+ in [^\n]+\n\Z")
        self.assertTrue(said.endswith(f" in {field}\n"), said)

    def test_wrong_usage_exits_with_2(self):
        for arguments in ([], ["frobnicate"], ["decode"], ["encode"], ["decode", "--call", "no"],
                          ["decode", "--call", "Transmit", "--return", "Transmit"],
                          ["decode", "--layer", "tls"], ["decode", "--call"], ["decode", "--frob"],
                          ["decode", "--layer", "pdu", "--call", "Transmit"],
                          ["decode", "--call", "Cancel", "a", "b"],
                          ["decode", "--call", "ReleaseTartedEvent"],
                          ["decode", "--call", "Cancel", "/does/not/exist"]):
            with self.subTest(arguments):
                self.refused(*arguments)

    def test_a_completion_needs_to_be_told_whose_return_it_is(self):
        found = vector("spec/rdpesc_4_8_connectw_return")
        self.refused("decode", "--layer", "pdu", data=found.octets)

    def test_help_and_version_are_there(self):
        self.assertIn(b"--show-secrets", rdpesc("--help")[1])
        self.assertRegex(rdpesc("--version")[1], rb"\Ardpesc \d+\.\d+\.\d+\n\Z")

    def test_a_call_goes_by_name_in_any_case_or_by_code(self):
        for name in ("EstablishContext", "ESTABLISHCONTEXT", "0x00090014", "00090014", "90014",
                     "589844"):
            with self.subTest(name):
                status, text, _ = rdpesc("decode", "--call", name, data=self.CALL)
                self.assertEqual((status, text), (0, b"dwScope = 0x2 (2)\n"))

    def test_hex_may_have_blanks_and_comments(self):
        text = (b"# a comment\n  # another\n01 10 0800\tCCcccccc\r\n"
                b"0800000000000000 0200000000000000")
        for option in ((), ("-",)):
            status, _, said = rdpesc("decode", "--call", "establishcontext", *option, data=text)
            self.assertEqual((status, said), (0, ""))

    def test_what_is_neither_hex_nor_octets_is_refused(self):
        self.malformed("hex input", "decode", "--call", "Cancel", data=b"01 1x")
        self.malformed("hex input", "decode", "--call", "Cancel", data=b"011")

    def test_octets_come_out_raw_when_asked_for(self):
        status, octets, _ = rdpesc("encode", "--call", "EstablishContext", "--binary",
                                   data=self.JSON)
        self.assertEqual((status, octets), (0, self.CALL))

    def test_a_file_is_read_as_standard_input_is(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "call.json"
            file.write_bytes(self.JSON)
            status, text, _ = rdpesc("encode", "--call", "EstablishContext", str(file))
        self.assertEqual((status, octets_of(text)), (0, self.CALL))

    def test_secrets_are_not_shown_unless_asked_for(self):
        options = vector("windows/teleport_transmit_getchuid_call").options()
        data = vector("windows/teleport_transmit_getchuid_call").octets
        secret = b"00cb3fff055c035fc10200"
        for form in ((), ("--json",)):
            self.assertNotIn(secret, rdpesc("decode", *options, *form, data=data)[1])
            self.assertIn(secret, rdpesc("decode", *options, *form, "--show-secrets", data=data)[1])
        hidden = rdpesc("decode", *options, "--json", data=data)[1]
        self.malformed("call.pbSendBuffer", "encode", *options, data=hidden)

    def test_names_stand_behind_their_numbers_when_asked_for(self):
        found = vector("spec/rdpesc_4_7_connectw_call")
        plain = rdpesc("decode", *found.options(), data=found.octets)[1].decode().splitlines()
        named = rdpesc("decode", *found.options(), "--names", data=found.octets)[1].decode()
        self.assertIn("dwShareMode = 0x2 (2)  SCARD_SHARE_SHARED\n", named)
        self.assertIn("IoControlCode = 0x900b0 (590000)  ConnectW\n", named)
        for line, with_name in zip(plain, named.splitlines(), strict=True):
            self.assertTrue(with_name.startswith(line))

    def test_surplus_octets_are_not_shown_unless_asked_for(self):
        found = vector("impl/freerdp_buffer_too_small")
        text = rdpesc("decode", *found.options(), data=found.octets)[1]
        self.assertIn(b"rest = [20] (not shown)", text)

    def test_packets_of_other_kinds_are_refused_by_name(self):
        self.malformed("Component", "decode", "--layer", "pdu", data=bytes.fromhex("5250 4350"))
        self.malformed("PacketId", "decode", "--layer", "pdu", data=bytes.fromhex("7244 4141"))

    def test_wrong_json_is_refused_with_its_field(self):
        def change(**members):
            _, text, _ = rdpesc("decode", "--json", "--show-secrets", *found.options(),
                                data=found.octets)
            return json.dumps({**json.loads(text), **members}).encode()

        found = vector("windows/teleport_getstatuschangew_poll_call")
        call = json.loads(change())["call"]
        cases = [("JSON", b"{"), ("packet", b"{}"), ("packet", change(packet="NONE")),
                 ("frob", change(frob=1)), ("DeviceId", change(DeviceId=-1)),
                 ("FileId", change(FileId="1")), ("name", change(name="Cancel")),
                 ("InputBufferLength", change(InputBufferLength=7)),
                 ("call.Context", change(call={**call, "Context": None})),
                 ("call.Context.cbContext",
                  change(call={**call, "Context": {"cbContext": 3, "pbContext": "00000000"}})),
                 ("call.rgReaderStates[0].szReader",
                  change(call={**call, "rgReaderStates": [
                      {**call["rgReaderStates"][0], "szReader": 5}]})),
                 ("call.rgReaderStates[0].Common.rgbAtr",
                  change(call={**call, "rgReaderStates": [
                      {"szReader": "a", "Common": {"dwCurrentState": 0, "dwEventState": 0,
                                                   "cbAtr": 0, "rgbAtr": "00"}}]}))]
        self.assertEqual(rdpesc("encode", "--layer", "pdu", data=change())[0], 0)
        for field, data in cases:
            with self.subTest(field):
                self.malformed(field, "encode", "--layer", "pdu", data=data)

    def test_lengths_and_counts_may_be_left_out(self):
        for name in ("windows/teleport_getstatuschangew_poll_call", "spec/rdpefs_4_9",
                     "spec/rdpefs_4_10", "spec/rdpefs_4_5", "spec/rdpesc_4_8_connectw_return"):
            found = vector(name)
            text = rdpesc("decode", "--json", *found.options(), data=found.octets)[1].decode()
            text = re.sub(r'"(cb\w+|cReaders|\w+Count|numCapabilities|\w+BufferLength'
                          r'|DeviceDataLength|ComputerNameLen|Padding)": \d+,', keep_output, text)
            text = re.sub(r',(\s*)"DeviceDataLength": 0', r"\1", text)
            status, back, said = rdpesc("encode", *found.options(), data=text.encode())
            self.assertEqual((status, said), (0, ""), name)
            self.assertEqual(octets_of(back), found.octets)


def keep_output(match):
    """A request's OutputBufferLength and a cbAtr beside 36 octets count nothing here."""
    if match[1] == "cbAtr" or (match[1] == "OutputBufferLength" and "2048" in match[0]):
        return match[0]
    return ""


class DocumentTest(unittest.TestCase):
    def test_the_page_of_messages_is_fresh(self):
        page = (ROOT / "docs/messages.md").read_bytes()
        self.assertEqual(rdpesc("messages"), (0, page, ""), "stale: run ./dev docs")


if __name__ == "__main__":
    closing.main()
