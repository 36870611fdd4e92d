#!/usr/bin/python3
"""Says what a card must do with the frames of a capture, from the text of docs/functions.md alone.

    scripts/firewall_oracle.py [--speed N] [--explain] CAPTURE...

It shares no code with the simulator, not even the reading of captures, so that the two can be held
against each other. All frames of a capture enter the card at port 0 in file order, at their
recorded times divided by --speed; a frame with an older time than the one before it enters at that
one's time. Frames of more than 1514 B (MTU 1500, without FCS) never enter: *oversize*. Then, by
`functions`:

routing          routing with a default next hop for port 0 and no routes
strict-firewall  the strict stateful firewall with its default parameters and no rules, then routing

Prints CSV: capture, functions, reason, frames. The reason `captured` counts all frames of the file;
it is the sum of `oversize`, `delivered` and the reasons of drops, listed where they occur.
"""
import argparse
import csv
import pathlib
import struct
import sys

MAX_FRAME = 1514
KEPT = 128  # bytes of a frame in which the card finds its headers
SECOND = 10**12  # times are in picoseconds
TIMEOUTS = {'tcp_established': 43200 * SECOND, 'tcp_transient': 120 * SECOND, 'udp': 60 * SECOND,
            'icmp': 20 * SECOND, 'fragment': 30 * SECOND}
CAPACITY, FRAGMENT_CAPACITY = 262144, 4096
TCP, UDP, ICMP, ICMPV6 = 6, 17, 1, 58
ECHO_REQUEST = {ICMP: 8, ICMPV6: 128}
ECHO_REPLY = {ICMP: 0, ICMPV6: 129}
ICMP_ERRORS = {ICMP: {3, 4, 5, 11, 12}, ICMPV6: {1, 2, 3, 4}}


class NotReadable(Exception):
    pass


# ---- captures ----------------------------------------------------------------------------------

def read_capture(path):
    """[(time in ns, bytes, length on the wire)], times as recorded."""
    data = pathlib.Path(path).read_bytes()
    magic = data[:4]
    for order in '<>':
        if magic in (struct.pack(order + 'I', 0xa1b2c3d4), struct.pack(order + 'I', 0xa1b23c4d)):
            unit = 1000 if struct.unpack(order + 'I', magic)[0] == 0xa1b2c3d4 else 1
            return read_pcap(data, order, unit)
    if magic == b'\x0a\x0d\x0d\x0a':
        return read_pcapng(data)
    raise NotReadable('neither pcap nor pcapng')


def read_pcap(data, order, unit):
    link = struct.unpack_from(order + 'I', data, 20)[0]
    if link != 1:
        raise NotReadable(f'link type {link}')
    frames, at = [], 24
    while at < len(data):
        seconds, fraction, captured, original = struct.unpack_from(order + '4I', data, at)
        time = seconds * 10**9 + fraction * unit
        frames.append((time, data[at + 16:at + 16 + captured], original))
        at += 16 + captured
    return frames


def read_pcapng(data):
    frames, at, order, interfaces = [], 0, '<', []
    while at < len(data):
        if data[at:at + 4] == b'\x0a\x0d\x0d\x0a':
            order = '<' if data[at + 8:at + 12] == b'\x4d\x3c\x2b\x1a' else '>'
            interfaces = []
        kind, length = struct.unpack_from(order + 'II', data, at)
        if kind == 1:
            if struct.unpack_from(order + 'H', data, at + 8)[0] != 1:
                raise NotReadable('an interface is not Ethernet')
            interfaces.append(ticks_per_second(data[at + 16:at + length - 4], order))
        elif kind == 6:
            interface, high, low, captured, original = struct.unpack_from(order + '5I', data,
                                                                          at + 8)
            time = (high << 32 | low) * 10**9 // interfaces[interface]
            frames.append((time, data[at + 28:at + 28 + captured], original))
        elif kind in (2, 3):
            raise NotReadable('a packet block without a time or of an obsolete kind')
        at += length
    return frames


def ticks_per_second(options, order):
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from(order + 'HH', options, at)
        if code == 0:
            break
        if code == 9:
            value = options[at + 4]
            return 2 ** (value & 127) if value & 128 else 10 ** value
        at += 4 + (length + 3) // 4 * 4
    return 10**6


# ---- Parsing -----------------------------------------------------------------------------------

class Malformed(Exception):
    """Carries the reason of the drop."""


class Packet:
    """What parsing finds. `ip` is 0 for an opaque frame, else 4 or 6."""

    def __init__(self, frame, size):
        self.frame = frame
        self.size = size
        self.ip = 0
        self.fragment = None  # None, 'first' or 'later'
        self.upper = None  # where the upper header begins; None when it is not examined
        self.need(0, 14)
        self.group = frame[0] & 1
        at, tags = 12, 0
        while tags < 2 and self.half(at) in (0x8100, 0x88a8):
            self.need(at, 6)
            at += 4
            tags += 1
        kind = self.half(at)
        if kind == 0x0800:
            self.parse_ipv4(at + 2)
        elif kind == 0x86dd:
            self.parse_ipv6(at + 2)

    def need(self, at, length, reason='malformed'):
        if at + length > self.size:
            raise Malformed(reason)
        if at + length > KEPT:
            raise Malformed('header_too_long')

    def half(self, at):
        return self.frame[at] << 8 | self.frame[at + 1]

    def parse_ipv4(self, at):
        frame = self.frame
        self.need(at, 20)
        if frame[at] >> 4 != 4:
            raise Malformed('malformed')
        header = (frame[at] & 15) * 4
        total = self.half(at + 2)
        if header < 20 or total < header or total > self.size - at:
            raise Malformed('malformed')
        self.need(at, header)
        checksum = sum(self.half(at + word) for word in range(0, header, 2))
        if (checksum & 0xffff) + (checksum >> 16) != 0xffff:
            raise Malformed('bad_ip_checksum')
        self.ip, self.ttl, self.protocol = 4, frame[at + 8], frame[at + 9]
        self.source, self.target = frame[at + 12:at + 16], frame[at + 16:at + 20]
        self.identification = self.half(at + 4)
        offset, more = self.half(at + 6) & 0x1fff, self.half(at + 6) & 0x2000
        self.fragment = 'later' if offset else 'first' if more else None
        self.end = at + total
        if not offset:
            self.parse_upper(at + header)

    def parse_ipv6(self, at):
        frame = self.frame
        self.need(at, 40)
        if frame[at] >> 4 != 6:
            raise Malformed('malformed')
        self.end = at + 40 + self.half(at + 4)
        if self.end > self.size:
            raise Malformed('malformed')
        self.ip, self.ttl = 6, frame[at + 7]
        self.source, self.target = frame[at + 8:at + 24], frame[at + 24:at + 40]
        following, at = frame[at + 6], at + 40
        while following in (0, 43, 60, 51, 44):
            if at + 8 > self.end:
                raise Malformed('malformed')
            self.need(at, 8)
            length = extension_length(following, frame[at + 1])
            if at + length > self.end:
                raise Malformed('malformed')
            if following == 44:
                offset, more = self.half(at + 2) >> 3, self.half(at + 2) & 1
                self.identification = int.from_bytes(frame[at + 4:at + 8], 'big')
                self.fragment = 'later' if offset else 'first' if more else self.fragment
                if offset:
                    self.protocol = frame[at]
                    return
            following, at = frame[at], at + length
        self.protocol = following
        self.parse_upper(at)

    def parse_upper(self, at):
        room = self.end - at
        if self.protocol == TCP:
            self.need_upper(at, 20, room)
            offset = self.frame[at + 12] >> 4
            if offset < 5 or offset * 4 > room:
                raise Malformed('malformed')
        elif self.protocol == UDP:
            self.need_upper(at, 8, room)
            length = self.half(at + 4)
            if length < 8 or (length > room and self.fragment != 'first'):
                raise Malformed('malformed')
        elif self.protocol == {4: ICMP, 6: ICMPV6}[self.ip]:
            self.need_upper(at, 8, room)
        else:
            return
        self.upper = at

    def need_upper(self, at, length, room):
        if room < length:
            raise Malformed('malformed')
        self.need(at, length)


def extension_length(kind, second_byte):
    return {44: 8, 51: (second_byte + 2) * 4}.get(kind, (second_byte + 1) * 8)


# ---- Flow keys ---------------------------------------------------------------------------------

def flow_key(ip, protocol, source, target, upper):
    """(key, is the sender the smaller end); `upper` are the first bytes behind the IP headers."""
    ports = (0, 0)
    if protocol in (TCP, UDP):
        ports = struct.unpack('!HH', upper[:4])
    elif protocol == {4: ICMP, 6: ICMPV6}[ip]:
        if upper[:1] and upper[0] in (ECHO_REQUEST[protocol], ECHO_REPLY[protocol]):
            ports = struct.unpack('!H', upper[4:6]) * 2
    sender, receiver = (source, ports[0]), (target, ports[1])
    small = sender <= receiver
    return (*((sender, receiver) if small else (receiver, sender)), protocol, ip), small


# ---- Firewall ----------------------------------------------------------------------------------

# TCP kinds by the flags ACK, RST, SYN, FIN (0x10, 4, 2, 1)
KINDS = {0x02: 'syn', 0x12: 'syn_ack', 0x10: 'ack', 0x11: 'fin', 0x04: 'rst', 0x14: 'rst'}
CELLS = '''
syn_sent       first   syn_sent        drop                 drop         drop                closed
syn_sent       second  syn_sent_both   syn_recv             pass         drop                closed
syn_sent_both  first   syn_sent_both   syn_recv,exchange    drop         drop                closed
syn_sent_both  second  syn_sent_both   syn_recv             drop         drop                closed
syn_recv       first   syn_recv        established          established  fin_wait            closed
syn_recv       second  drop            syn_recv             syn_recv     fin_wait,exchange   closed
established    first   pass            pass                 established  fin_wait            closed
established    second  pass            pass                 established  fin_wait,exchange   closed
fin_wait       first   pass            pass                 fin_wait     fin_wait            closed
fin_wait       second  pass            pass                 close_wait   last_ack            closed
close_wait     first   pass            pass                 close_wait   close_wait          closed
close_wait     second  pass            pass                 close_wait   last_ack            closed
last_ack       first   pass            pass                 time_wait    last_ack            closed
last_ack       second  pass            pass                 last_ack     last_ack            closed
time_wait      either  open            drop                 time_wait    time_wait           closed
closed         either  open            drop                 drop         drop                pass
'''
TABLE = {}
for line in CELLS.split('\n')[1:-1]:
    state, side, *cells = line.split()
    for place in ('first', 'second') if side == 'either' else (side,):
        for kind, cell in zip(('syn', 'syn_ack', 'ack', 'fin', 'rst'), cells):
            TABLE[state, place, kind] = cell


class Entry:
    def __init__(self, state, first, now, timeout):
        self.state = state
        self.first = first  # is the first one (or the opener) the smaller end of the key?
        self.refreshed = now
        self.timeout = timeout

    def live(self, now):
        return now - self.refreshed < self.timeout


class StrictFirewall:
    def __init__(self):
        self.connections = {}
        self.datagrams = {}

    def judge(self, packet, now):
        """The reason of the drop, or None."""
        if not packet.ip:
            return None
        if packet.fragment == 'later':
            noted = self.datagrams.get(datagram(packet))
            passes = noted is not None and now - noted < TIMEOUTS['fragment']
            return None if passes else 'fragment_without_connection'
        reason = self.judge_whole(packet, now)
        if reason is None and packet.fragment == 'first':
            self.datagrams[datagram(packet)] = now
            # How a full table chooses is not said; no capture here may depend on it.
            assert len(self.datagrams) <= FRAGMENT_CAPACITY // 8
        return reason

    def judge_whole(self, packet, now):
        protocol = packet.protocol
        upper = b'' if packet.upper is None else packet.frame[packet.upper:packet.end]
        icmp = protocol == {4: ICMP, 6: ICMPV6}[packet.ip]
        kind = None
        if protocol == TCP:
            kind = KINDS.get(upper[13] & 0x17)
            if kind is None:
                return 'bad_tcp_state'
        if icmp and upper[0] in ICMP_ERRORS[protocol]:
            return None if self.related(packet, now) else 'no_connection'
        if icmp and upper[0] not in (ECHO_REQUEST[protocol], ECHO_REPLY[protocol]):
            return None
        key, small = flow_key(packet.ip, protocol, packet.source, packet.target, upper)
        entry = self.connections.get(key)
        if entry is not None and not entry.live(now):
            entry = None
        if protocol == TCP:
            return self.judge_tcp(key, small, entry, kind, now)
        if icmp:
            states, timeout = ('echo', 'echo_replied'), TIMEOUTS['icmp']
        else:
            states, timeout = ('one_way', 'two_way'), TIMEOUTS['udp']
        if entry is not None:
            if small != entry.first:
                entry.state = states[1]
            entry.refreshed = now
            return None
        if icmp and upper[0] == ECHO_REPLY[protocol]:
            return 'no_connection'
        self.enter(key, Entry(states[0], small, now, timeout))
        return None

    def judge_tcp(self, key, small, entry, kind, now):
        if entry is None:
            if kind != 'syn':
                return 'no_connection'
            self.enter(key, Entry('syn_sent', small, now, TIMEOUTS['tcp_transient']))
            return None
        cell = TABLE[entry.state, 'first' if small == entry.first else 'second', kind]
        if cell == 'pass':
            return None
        if cell == 'drop':
            return 'bad_tcp_state'
        if cell == 'open':
            entry.first = small
            cell = 'syn_sent'
        entry.state, *exchange = cell.split(',')
        if exchange:
            entry.first = not entry.first
        entry.refreshed = now
        established = entry.state == 'established'
        entry.timeout = TIMEOUTS['tcp_established' if established else 'tcp_transient']
        return None

    def enter(self, key, entry):
        self.connections[key] = entry
        assert len(self.connections) <= CAPACITY // 2  # so that there is room for certain

    def related(self, packet, now):
        quoted = packet.frame[packet.upper + 8:min(packet.end, KEPT)]
        if packet.ip == 4:
            if len(quoted) < 20 or quoted[0] >> 4 != 4 or quoted[0] & 15 < 5:
                return False
            if (quoted[6] << 8 | quoted[7]) & 0x1fff:
                return False
            protocol, source, target = quoted[9], quoted[12:16], quoted[16:20]
            upper = quoted[(quoted[0] & 15) * 4:]
        else:
            if len(quoted) < 40 or quoted[0] >> 4 != 6:
                return False
            protocol, source, target = quoted[6], quoted[8:24], quoted[24:40]
            upper = quoted[40:]
            while protocol in (0, 43, 60, 51, 44):
                if len(upper) < 8 or (protocol == 44 and (upper[2] << 8 | upper[3]) >> 3):
                    return False
                length = extension_length(protocol, upper[1])
                protocol, upper = upper[0], upper[length:]
        needed = 4 if protocol in (TCP, UDP) else 0
        if protocol == {4: ICMP, 6: ICMPV6}[packet.ip]:
            echo = upper[:1] and upper[0] in (ECHO_REQUEST[protocol], ECHO_REPLY[protocol])
            needed = 8 if echo else 1  # the type, to tell that it is none
        if len(upper) < needed:
            return False
        key, _ = flow_key(packet.ip, protocol, source, target, upper)
        entry = self.connections.get(key)
        return entry is not None and entry.live(now)


def datagram(packet):
    protocol = packet.protocol if packet.ip == 4 else None
    return packet.ip, packet.source, packet.target, packet.identification, protocol


# ---- Routing and the card ----------------------------------------------------------------------

def route(packet):
    bridged = not packet.ip or packet.group
    return 'ttl_expired' if not bridged and packet.ttl <= 1 else None


def verdicts(frames, functions, speed=1):
    """'delivered' or why not, for each frame."""
    firewall = StrictFirewall() if functions == 'strict-firewall' else None
    result = []
    start = now = frames[0][0] if frames else 0
    for time, data, original in frames:
        now = max(now, time)
        if original > MAX_FRAME:
            result.append('oversize')
            continue
        if len(data) < original:
            raise NotReadable('a frame was not captured whole')
        try:
            packet = Packet(data, len(data))
        except Malformed as malformed:
            result.append(str(malformed))
            continue
        age = (now - start) * 1000 // speed
        reason = firewall.judge(packet, age) if firewall else None
        result.append(reason or route(packet) or 'delivered')
    return result


def rows(path, speed=1):
    frames = read_capture(path)
    name = pathlib.Path(path).name
    for functions in ('routing', 'strict-firewall'):
        found = verdicts(frames, functions, speed)
        yield name, functions, 'captured', len(found)
        for reason in ('oversize', 'delivered'):
            yield name, functions, reason, found.count(reason)
        for reason in sorted(set(found) - {'oversize', 'delivered'}):
            yield name, functions, reason, found.count(reason)


def explanations(path, speed=1):
    frames = read_capture(path)
    for functions in ('routing', 'strict-firewall'):
        for number, verdict in enumerate(verdicts(frames, functions, speed), 1):
            if verdict != 'delivered':
                yield pathlib.Path(path).name, functions, number, verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    parser.add_argument('captures', nargs='+', metavar='CAPTURE')
    parser.add_argument('--speed', type=int, default=1, metavar='N',
                        help='divide the times between frames by N (default 1)')
    parser.add_argument('--explain', action='store_true',
                        help='print each frame that is not delivered instead of the counts')
    options = parser.parse_args()
    writer = csv.writer(sys.stdout, lineterminator='\n')
    if options.explain:
        writer.writerow(('capture', 'functions', 'frame', 'reason'))
    else:
        writer.writerow(('capture', 'functions', 'reason', 'frames'))
    failed = False
    for path in options.captures:
        try:
            writer.writerows((explanations if options.explain else rows)(path, options.speed))
        except (NotReadable, OSError, struct.error) as error:
            print(f'firewall_oracle: {path}: {error}', file=sys.stderr)
            failed = True
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
