"""Lets tshark judge the frames a card sends.

    tests/interop/dissect.py [--new-frames] BEFORE AFTER
    tests/interop/dissect.py AFTER

BEFORE is what went into the card, AFTER what came out (pcap or pcapng). Each frame of AFTER is
matched with the frame of BEFORE it came from, and is an offence when tshark finds in it what it did
not find there: malformed or cut-short headers, expert information of severity error, or a bad
checksum of IPv4, TCP, UDP, ICMP or ICMPv6. Without BEFORE any of these is an offence. A frame that
matches none of BEFORE's is an offence as well, unless --new-frames allows it; it must be faultless
then. Dropped frames and another order are no offence. Prints the offences; exit 1 if there are any.

Frames match by what forwarding, address translation and encapsulation keep: of the innermost
headers the identification, protocol, lengths, sequence numbers and flags. Among frames alike in all
of these the order decides. tshark judges every frame by itself: nothing is reassembled, and no
sequence of frames analysed, so that a drop does not change the verdict on what follows. What rides
on TCP and UDP is not dissected but for tunnels.
"""
import argparse
import collections
import functools
import os
import pathlib
import subprocess
import sys
import tempfile

BAD = '0'  # tshark's *.checksum.status: 0 bad, 1 good, 2 unverified, 3 not present
ERROR = 0x800000  # tshark's expert severity
CHECKSUMS = ('ip', 'tcp', 'udp', 'icmp', 'icmpv6')
FINGERPRINT = ('ip.version', 'ip.id', 'ip.proto', 'ip.len', 'ip.frag_offset', 'ipv6.plen',
               'ipv6.nxt', 'ipv6.fraghdr.ident', 'ipv6.fraghdr.offset', 'tcp.seq_raw',
               'tcp.ack_raw', 'tcp.flags', 'tcp.len', 'udp.length', 'icmp.type', 'icmp.seq',
               'icmpv6.type', 'icmpv6.echo.sequence_number', 'arp.opcode', 'arp.src.proto_ipv4',
               'arp.dst.proto_ipv4')
OTHER = ('frame.number', 'frame.len', 'frame.protocols', 'eth.type', 'eth.len', '_ws.malformed',
         '_ws.short', '_ws.expert.severity', '_ws.expert.message')
FIELDS = (*OTHER, *(name + '.checksum.status' for name in CHECKSUMS), *FINGERPRINT)
# All that tshark may dissect, by name or by the first part of it.
PROTOCOLS = {'frame', '_ws', 'eth', 'ethertype', 'eth_maybefcs', 'eth_withfcs', 'eth_withoutfcs',
             'vlan', 'ieee8021ad', 'arp', 'llc', 'mpls', 'pwethheuristic', 'pwethcw', 'pwethnocw',
             'ip', 'ipv6', 'ah', 'tcp', 'udp', 'icmp', 'icmpv6', 'igmp', 'gre', 'vxlan', 'geneve',
             'data'}
PREFERENCES = ('ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE', 'udp.check_checksum:TRUE',
               'ip.defragment:FALSE', 'ipv6.defragment:FALSE', 'tcp.desegment_tcp_streams:FALSE',
               'tcp.analyze_sequence_numbers:FALSE')
SEPARATOR = '\x1e'
SHORTEST = 60  # bytes; a cable pads shorter frames


class Frame:
    """What tshark says of one frame."""

    def __init__(self, values):
        value = dict(zip(FIELDS, values))
        self.number = int(value['frame.number'])
        self.length = int(value['frame.len'])
        self.protocols = value['frame.protocols']
        self.malformed = bool(value['_ws.malformed'] or value['_ws.short'])
        severities = value['_ws.expert.severity'].split(SEPARATOR)
        messages = value['_ws.expert.message'].split(SEPARATOR)
        self.errors = collections.Counter(
            message for severity, message in zip(severities, messages)
            if severity and int(severity) >= ERROR
            and not message.startswith('Bad checksum'))  # `checksums` tells of those
        # From the innermost header outwards, so that a tunnel's own headers come last.
        self.checksums = {name: value[name + '.checksum.status'].split(SEPARATOR)[::-1]
                          for name in CHECKSUMS}
        innermost = tuple(value[name].split(SEPARATOR)[-1] for name in FINGERPRINT)
        self.fingerprint = innermost
        if not any(innermost):
            kind = value['eth.type'].split(SEPARATOR)[-1]
            self.fingerprint = kind, max(self.length, SHORTEST)

    def faults(self, origin=None):
        """What is wrong with the frame and was not with `origin`."""
        if self.malformed and not (origin and origin.malformed):
            yield 'malformed'
        for message in self.errors - (origin.errors if origin else collections.Counter()):
            yield f'error: {message}'
        for name, statuses in self.checksums.items():
            before = origin.checksums[name] if origin else []
            for place, status in enumerate(statuses):
                if status == BAD and before[place:place + 1] != [BAD]:
                    yield f'bad {name} checksum'


def run_tshark(*words, **environment):
    result = subprocess.run(['tshark', *words], capture_output=True, text=True, check=False,
                            env={**os.environ, **environment})
    if result.returncode != 0:
        raise RuntimeError(f'tshark: {result.stderr.strip()[-1000:]}')
    return result.stdout


@functools.lru_cache(maxsize=None)
def other_protocols():
    """The protocols tshark is not to dissect, one a line."""
    names = [line.split('\t')[2] for line in run_tshark('-G', 'protocols').splitlines()]
    return ''.join(name + '\n' for name in names if name.split('.')[0] not in PROTOCOLS)


def dissect(path):
    """[Frame] of a capture, in file order."""
    words = ['-n', '-r', str(path), '-T', 'fields', '-E', 'occurrence=a',
             '-E', 'aggregator=' + SEPARATOR]
    for preference in PREFERENCES:
        words += ['-o', preference]
    for field in FIELDS:
        words += ['-e', field]
    with tempfile.TemporaryDirectory(prefix='dissect-') as directory:
        (pathlib.Path(directory) / 'disabled_protos').write_text(other_protocols())
        text = run_tshark(*words, WIRESHARK_CONFIG_DIR=directory)
    return [Frame(line.split('\t')) for line in text.split('\n') if line]


def match(before, after):
    """The frame of `before` each frame of `after` came from, or None."""
    waiting = collections.defaultdict(collections.deque)
    for frame in before:
        waiting[frame.fingerprint].append(frame)
    return [waiting[frame.fingerprint].popleft() if waiting[frame.fingerprint] else None
            for frame in after]


def compare(before, after, new_frames=False):
    """[(frame of `after`, frame of `before` or None, text)]; `before` may be None."""
    origins = match(before, after) if before is not None else [None] * len(after)
    found = []
    for frame, origin in zip(after, origins):
        texts = list(frame.faults(origin))
        if before is not None and origin is None and not new_frames:
            texts.append('matches no frame that went in')
        found += [(frame, origin, text) for text in texts]
    return found


def offences(before, after, new_frames=False):
    """compare() for two captures; `before` may be None."""
    return compare(dissect(before) if before is not None else None, dissect(after), new_frames)


def check(before, after, new_frames=False):
    """Prints the offences; returns whether there are none."""
    found = offences(before, after, new_frames)
    for frame, origin, text in found:
        came = f' (frame {origin.number} before)' if origin else ''
        print(f'{after}: frame {frame.number}{came}: {text} [{frame.protocols}, {frame.length} B]')
    return not found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('before', nargs='?')
    parser.add_argument('after')
    parser.add_argument('--new-frames', action='store_true',
                        help='frames may come out that did not go in')
    options = parser.parse_args()
    return 0 if check(options.before, options.after, options.new_frames) else 1


if __name__ == '__main__':
    sys.exit(main())
