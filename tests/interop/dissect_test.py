# labels: interop
# needs: tshark
"""dissect.py finds what is planted and nothing else."""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import dissect

CAPTURES = pathlib.Path(__file__).resolve().parents[2] / 'scenarios/captures'
IPV4, IPV6 = 0x0800, 0x86dd
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58


def read_frames(path, directory):
    """Frames of a capture of any kind, as bytearrays."""
    plain = pathlib.Path(directory) / 'plain.pcap'
    subprocess.run(['tshark', '-r', path, '-F', 'pcap', '-w', plain], check=True,
                   capture_output=True)
    data, frames, at = plain.read_bytes(), [], 24
    while at < len(data):
        length = struct.unpack_from('<I', data, at + 8)[0]
        frames.append(bytearray(data[at + 16:at + 16 + length]))
        at += 16 + length
    return frames


def write_frames(path, frames):
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHIIII', 0xa1b23c4d, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack('<IIII', 0, number, len(frame), len(frame)) + frame)


def network_header(frame):
    """(ethertype, where the header behind it begins)"""
    at = 12
    while frame[at:at + 2] in (b'\x81\x00', b'\x88\xa8'):
        at += 4
    return frame[at] << 8 | frame[at + 1], at + 2


def route(frame):
    """The frame as a router sends it on; multicast and what is not IP stay as they are."""
    frame = bytearray(frame)
    kind, at = network_header(frame)
    if frame[0] & 1 or kind not in (IPV4, IPV6):
        return frame
    frame[0:12] = bytes.fromhex('020000000001020000000002')
    if kind == IPV6:
        frame[at + 7] -= 1
        return frame
    frame[at + 8] -= 1
    frame[at + 10:at + 12] = b'\0\0'
    header = frame[at:at + (frame[at] & 15) * 4]
    total = sum(struct.unpack(f'!{len(header) // 2}H', header))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    frame[at + 10:at + 12] = struct.pack('!H', total ^ 0xffff)
    return frame


class DissectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix='dissect-test-')
        cls.addClassCleanup(scratch.cleanup)
        cls.directory = pathlib.Path(scratch.name)
        cls.recorded = read_frames(CAPTURES / 'mixed.pcapng', scratch.name)
        cls.judged = cls.judge(cls.recorded)

    def setUp(self):
        self.after = [route(frame) for frame in self.recorded]

    @classmethod
    def judge(cls, frames):
        write_frames(cls.directory / 'judged.pcap', frames)
        return dissect.dissect(cls.directory / 'judged.pcap')

    def offences(self, after, before=None, **options):
        return [(frame.number, origin.number if origin else None, text)
                for frame, origin, text in dissect.compare(before or self.judged,
                                                           self.judge(after), **options)]

    def find(self, version, protocol, longer_than=0):
        """Index of a whole packet of this kind and where its upper header begins."""
        for index, frame in enumerate(self.after):
            kind, at = network_header(frame)
            if len(frame) <= longer_than or kind != version:
                continue
            if kind == IPV4 and frame[at + 9] == protocol and not frame[at + 6] & 0x3f:
                return index, at + (frame[at] & 15) * 4
            if kind == IPV6 and frame[at + 6] == protocol:
                return index, at + 40
        self.fail(f'no frame of {version:#x}, {protocol}')

    def test_routed_frames_are_in_order(self):
        self.assertEqual(self.offences(self.after), [])

    def test_drops_and_another_order_are_no_offence(self):
        kept = [frame for number, frame in enumerate(self.after) if number % 7]
        kept[10:40] = reversed(kept[10:40])
        self.assertEqual(self.offences(kept), [])

    def test_padding_is_no_offence(self):
        self.assertEqual(self.offences([frame.ljust(60, b'\0') for frame in self.after]), [])

    def test_a_flipped_bit_is_a_bad_checksum_of_its_protocol(self):
        planted = {}
        for version, protocol, place, name in ((IPV4, TCP, 4, 'tcp'), (IPV6, TCP, 8, 'tcp'),
                                               (IPV4, UDP, 9, 'udp'), (IPV6, UDP, 12, 'udp'),
                                               (IPV4, ICMP, 20, 'icmp'),
                                               (IPV6, ICMPV6, 20, 'icmpv6')):
            index, upper = self.find(version, protocol, longer_than=90)
            self.after[index][upper + place] ^= 0x10
            planted[index + 1] = f'bad {name} checksum'
        found = {number: text for number, _, text in self.offences(self.after)
                 if text.startswith('bad')}
        self.assertEqual(found, planted)

    def test_a_ttl_without_its_checksum_is_a_bad_ip_checksum(self):
        index, _ = self.find(IPV4, TCP)
        _, at = network_header(self.after[index])
        self.after[index][at + 8] -= 1
        self.assertEqual(self.offences(self.after),
                         [(index + 1, index + 1, 'bad ip checksum')])

    def test_a_cut_frame_is_an_offence(self):
        planted = set()
        for version, protocol in ((IPV4, UDP), (IPV4, TCP), (IPV6, TCP)):
            index, upper = self.find(version, protocol, longer_than=100)
            del self.after[index][upper + 6:]
            planted.add(index + 1)
        found = self.offences(self.after)
        self.assertEqual({number for number, _, text in found if text == 'malformed'}, planted)
        self.assertEqual({number for number, _, _ in found}, planted)

    def test_a_header_cut_out_is_an_offence(self):
        index, upper = self.find(IPV4, TCP, longer_than=1000)
        del self.after[index][upper:upper + 4]
        found = self.offences(self.after)
        self.assertTrue(found)
        self.assertEqual({number for number, _, _ in found}, {index + 1})

    def test_a_frame_out_of_nowhere_is_an_offence_unless_new_ones_may_come(self):
        self.after.insert(3, bytearray(self.after[30]))
        extra = self.offences(self.after)
        self.assertEqual([text for _, _, text in extra], ['matches no frame that went in'])
        self.assertEqual(self.offences(self.after, new_frames=True), [])

        self.after[3][network_header(self.after[3])[1] + 10] ^= 1
        self.assertIn('bad ip checksum',
                      [text for _, _, text in self.offences(self.after, new_frames=True)])

    def test_what_was_bad_before_is_no_offence(self):
        before = [bytearray(frame) for frame in self.recorded]
        for version, protocol in ((IPV4, TCP), (IPV6, UDP), (IPV4, ICMP)):
            index, upper = self.find(version, protocol, longer_than=90)
            for frame in (before[index], self.after[index]):
                frame[upper + 20] ^= 0x10
        self.assertEqual(self.offences(self.after, self.judge(before)), [])

    def test_the_program_prints_offences_and_fails(self):
        index, upper = self.find(IPV4, TCP, longer_than=1000)
        self.after[index][upper + 30] ^= 1
        write_frames(self.directory / 'after.pcap', self.after)
        program = [sys.executable, dissect.__file__]
        result = subprocess.run([*program, CAPTURES / 'mixed.pcapng',
                                 self.directory / 'after.pcap'], capture_output=True, text=True,
                                check=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn(f'frame {index + 1} (frame {index + 1} before): bad tcp checksum',
                      result.stdout)
        result = subprocess.run([*program, CAPTURES / 'web.pcap'], capture_output=True, text=True,
                                check=False)
        self.assertEqual((result.returncode, result.stdout), (0, ''))


if __name__ == '__main__':
    if shutil.which('tshark') is None:
        print('SKIP: needs tshark')
        sys.exit(77)
    unittest.main()
