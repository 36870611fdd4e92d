# labels: interop
# needs: tshark h5py
"""Every capture at hand, replayed through the card: what must come out comes out, and nothing else.

Captures: scenarios/captures, and the folder $SNSIM_CAPTURES or ../shared/data/pcap if there is one.
The frames are counted here, tshark judges what the card sent (dissect.py), and the drops of a
strict firewall are those of tests/asic/capture_drops.csv.
"""
import collections
import csv
import os
import pathlib
import struct
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'system'))
# pylint: disable=wrong-import-position
import dissect
from support import Checks, ROOT, call, frames_of_pcap, ones_sum, run, scratch, snsim

IPV4, IPV6 = 0x0800, 0x86dd
LINKS = {9: 'PPP', 113: 'Linux cooked', 101: 'raw IP'}
MTU = 1500
checks = Checks()


def captures():
    folders = [ROOT / 'scenarios/captures',
               pathlib.Path(os.environ.get('SNSIM_CAPTURES', ROOT.parent / 'shared/data/pcap'))]
    found = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())
             if path.suffix in ('.pcap', '.pcapng')]
    if not folders[1].is_dir():
        print(f'only the captures of snsim itself: no folder {folders[1]} (SNSIM_CAPTURES)')
    return found


def link_type(path):
    """Of a pcap file; a pcapng is taken for Ethernet."""
    head = path.read_bytes()[:24]
    if head[:4] == b'\x0a\x0d\x0d\x0a':
        return 1
    return struct.unpack(('<' if head[0] in (0xd4, 0x4d) else '>') + '20xI', head)[0] & 0xffff


def frames_of(path):
    """Frames of a capture of any kind, as bytes."""
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        plain = pathlib.Path(folder) / 'plain.pcap'
        done = call('tshark', '-r', path, '-F', 'pcap', '-w', plain)
        if done.returncode:
            raise AssertionError(f'tshark cannot read {path.name}: {done.stderr[:300]}')
        return frames_of_pcap(plain)


def checksum_is_right(header):
    return ones_sum(header) == 0xffff


class Packet:
    """A frame's IP packet, if it has a whole and sound one: what a router keeps of it."""

    def __init__(self, frame):
        self.group = bool(frame[0] & 1)
        at = 12
        tags = 0
        while frame[at:at + 2] in (b'\x81\x00', b'\x88\xa8') and tags < 2:
            at += 4
            tags += 1
        kind, at = int.from_bytes(frame[at:at + 2], 'big'), at + 2
        self.size = len(frame) - at  # of what the MTU counts
        self.kept = None
        self.ttl = None
        packet = bytearray(frame[at:])
        if kind == IPV4 and len(packet) >= 20 and packet[0] >> 4 == 4:
            header, total = (packet[0] & 15) * 4, int.from_bytes(packet[2:4], 'big')
            if 20 <= header <= total <= len(packet) and checksum_is_right(packet[:header]):
                self.ttl = packet[8]
                packet[8] = packet[10] = packet[11] = 0
                self.kept = bytes(packet[:total])
        elif kind == IPV6 and len(packet) >= 40 and packet[0] >> 4 == 6:
            total = 40 + int.from_bytes(packet[4:6], 'big')
            if total <= len(packet):
                self.ttl = packet[7]
                packet[7] = 0
                self.kept = bytes(packet[:total])


FIREWALL = '  - {name: fw, kind: firewall, where: asic, at: host0.card, strict: true}\n'


def write_scenario(name, capture, firewall):
    path = scratch() / f'{name}.yaml'
    path.write_text(f"""\
name: {name}
windows: {{warmup: 0 us, measure: 10 ms, drain: 1 ms}}
hosts: [{{name: host0, card: {{profile: dsc-100}}}}]
functions:
{FIREWALL if firewall else ''}\
  - {{name: rt, kind: routing, where: asic, at: host0.card}}
traffic:
  - {{name: replay, from: host0.wire0, to: host0.wire1, capture: {capture}, rate: 1 Mpps}}
record: {{pcap: [host0.card.asic.port0, host0.card.asic.port1]}}
""")
    return path


def routed(path, expected):
    """Routing alone: every sound unicast packet goes through, and tshark has nothing to object."""
    recorded = frames_of(path)
    packets = [Packet(frame) for frame in recorded]
    within = [packet for packet in packets if packet.size <= MTU]
    due = [packet for packet in within if not packet.group and packet.kept and packet.ttl > 1]
    folder = scratch() / f'{path.stem}-pcap'
    done = run(write_scenario(f'replay-{path.stem}-routing', path, False), pcap=folder)
    checks.equal(f'{path.name}: captured, offered within the MTU',
                 (expected['captured'], expected['captured'] - expected['oversize']),
                 (len(recorded), int(done['frames.offered'])))
    checks.equal(f'{path.name}: frames within the MTU counted here', int(done['frames.offered']),
                 len(within))
    sent = [folder / f'host0.card.asic.port{port}.tx.pcap' for port in (0, 1)]
    out = {file: frames_of(file) for file in sent}
    checks.equal(f'{path.name}: frames delivered, in the captures of both ports, by the table',
                 (int(done['frames.delivered']), expected['delivered']),
                 (sum(map(len, out.values())), int(done['frames.delivered'])))
    came = collections.Counter(Packet(frame).kept for frames in out.values() for frame in frames)
    missing = collections.Counter(packet.kept for packet in due) - came
    checks.check(not missing, f'{path.name}: all {len(due)} sound unicast packets within the MTU '
                 f'come out unchanged but for the TTL ({sum(missing.values())} do not)')
    invented = came - collections.Counter(packet.kept for packet in packets)
    checks.check(not invented, f'{path.name}: nothing comes out that did not go in')
    for file in sent:
        if out[file]:
            checks.check(dissect.check(path, file),
                         f'{path.name}: tshark finds nothing new in {len(out[file])} frames of '
                         f'{file.stem}')
    check_drops(path, done, expected)


def check_drops(path, done, expected):
    """The table of drops is that of the oracle, and frames add up."""
    reasons = {reason: frames for reason, frames in expected.items()
               if reason not in ('captured', 'oversize', 'delivered')}
    dropped = collections.Counter()
    for row in done.table('drops'):
        dropped[row['reason']] += row['frames']
    checks.equal(f'{path.name}: drops by reason', reasons, dict(dropped))
    checks.equal(f'{path.name}: offered = delivered + dropped', int(done['frames.offered']),
                 int(done['frames.delivered'] + done['frames.dropped']))


def firewalled(path, expected):
    done = run(write_scenario(f'replay-{path.stem}-firewall', path, True), pcap=scratch() / 'pcap')
    checks.equal(f'{path.name}: delivered by the strict firewall', expected['delivered'],
                 int(done['frames.delivered']))
    check_drops(path, done, expected)


def refused(path, name):
    """A link that is not Ethernet: said with its name before anything runs."""
    output = scratch() / 'refused.h5'
    for command in (['run', '-o', output], ['check']):
        file = write_scenario('refused', path, False)
        done = snsim(command[0], file, *command[1:])
        checks.equal(f'{path.name}: exit code of snsim {command[0]}', 2, done.returncode)
        checks.check(name in done.stderr and path.name in done.stderr and done.stdout == '',
                     f'{path.name}: {done.stderr.strip()[:200]!r} names {name}')
    checks.check(not output.exists(), f'{path.name}: no results file')


def main():
    expected = collections.defaultdict(dict)
    with open(ROOT / 'tests/asic/capture_drops.csv', encoding='utf-8') as file:
        for row in csv.DictReader(file):
            expected[row['capture'], row['functions']][row['reason']] = int(row['frames'])
    for path in captures():
        link = link_type(path)
        if link != 1:
            checks.attempt(path.name, refused, path, LINKS.get(link, str(link)))
        elif (path.name, 'routing') not in expected:
            print(f'{path.name}: not in tests/asic/capture_drops.csv, left out')
        else:
            checks.attempt(path.name, routed, path, expected[path.name, 'routing'])
            checks.attempt(path.name, firewalled, path, expected[path.name, 'strict-firewall'])
    checks.end()


main()
