# labels: law
# needs: h5py
"""What cards do for a host's network stack: they cut, merge and sum TCP, and handle VLAN tags."""
import struct

from support import Checks, frames_of_pcap, ones_sum, run, scratch, snsim

checks = Checks()
PORT0 = 'record.pcap=[host0.card.asic.port0]'
BOTH = 'record.pcap=[host0.card.asic.port0, host0.card.asic.port1]'
PSH = 0x08


class Segment:
    """A TCP segment over IPv4 as it stood on the wire, perhaps with a tag."""

    def __init__(self, frame):
        self.tag = frame[12:16] if frame[12:14] == b'\x81\x00' else b''
        ip = frame[14 + len(self.tag):]
        length, self.identification = struct.unpack_from('!HH', ip, 2)
        tcp = ip[20:length]
        self.sequence = struct.unpack_from('!I', tcp, 4)[0]
        self.flow = struct.unpack_from('!HH', tcp)
        self.pushed = bool(tcp[13] & PSH)
        self.payload = tcp[20:]
        self.right = (ones_sum(ip[:20]) == 0xffff and
                      ones_sum(ip[12:20] + struct.pack('!HH', 6, len(tcp)) + tcp +
                               b'\0' * (len(tcp) % 2)) == 0xffff)


def sent(*changes):
    """Segments that leave by the wire."""
    result = run('host-to-wire', 'servers.protocol=tcp', PORT0, *changes, pcap=scratch())
    frames = frames_of_pcap(scratch() / 'host0.card.asic.port0.tx.pcap')
    return result, [Segment(frame) for frame in frames]


def packets(segments):
    """Runs of segments that were one packet: numbers and identifications go on."""
    runs = []
    for segment in segments:
        last = runs[-1][-1] if runs else None
        if last and segment.sequence == (last.sequence + len(last.payload)) % 2**32 and \
                segment.identification == (last.identification + 1) % 2**16 and not last.pushed:
            runs[-1].append(segment)
        else:
            runs.append([segment])
    return runs


def cut(name, *changes):
    """One packet in memory, segments on the wire: the same data, headers of their own."""
    whole, on = sent(*changes)
    _, off = sent(*changes, 'host0.vnic0.tso=false')
    checks.equal(f'{name}: nothing is lost', 0, whole['frames.lost'])
    checks.equal(f'{name}: all checksums are right', True, all(s.right for s in on))
    common = min(len(on), len(off))
    checks.equal(f'{name}: segments were compared', True, common > 200)
    checks.equal(f'{name}: the same data in the same order', True,
                 [s.payload for s in on[:common]] == [s.payload for s in off[:common]])
    runs = packets(on)
    longest = max(map(len, runs))
    checks.equal(f'{name}: packets of many segments', True, longest >= 32)
    checks.equal(f'{name}: no packet above 64 KiB of data', True,
                 all(sum(len(s.payload) for s in r) <= 65536 for r in runs))
    checks.equal(f'{name}: only the last segment of a packet is pushed', True,
                 all([s.pushed for s in r] == [False] * (len(r) - 1) + [True] for r in runs[:-1]))
    checks.equal(f'{name}: without it each is a packet', {True}, {s.pushed for s in off})
    checks.equal(f'{name}: without it none is numbered', {0}, {s.identification for s in off})
    return whole


def cutting():
    # What is due while the ring is full is due together.
    sink = ('servers.flows=1', 'servers.rate=100 %', 'host0.vnic0.ring=64',
            'host0.vnic0.rate_limit=20 Gb/s')
    cut('sink', *sink)
    cut('kernel', 'servers.flows=1', 'servers.rate=100 %', 'host0.vnic0.driver=interrupt')
    fast, _ = sent('servers.flows=1', 'servers.rate=100 %')
    checks.near('the wire is full', 98.7e9, fast['throughput.l2'], 0.01)


def merging():
    """Segments merged on the card cost the host less than those that it merges itself."""
    results = {}
    for name, lro, gro in (('none', 'false', 'false'), ('gro', 'false', 'true'),
                           ('lro', 'true', 'true')):
        results[name] = run('tcp-stream', f'host0.vnic0.lro={lro}', f'host0.vnic0.gro={gro}',
                            'windows.measure=5 ms')
    cycles = {name: result['host.cpu.cycles_per_frame'] for name, result in results.items()}
    rates = {name: result['rate.delivered'] for name, result in results.items()}
    checks.equal('cycles a frame: merged by the card, by the host, not at all', True,
                 cycles['lro'] < 0.6 * cycles['gro'] < 0.25 * cycles['none'])
    checks.equal('and so many more frames', True, rates['lro'] > 1.4 * rates['gro'])
    lro = results['lro']
    checks.equal('nothing lost', 0, lro['frames.lost'])
    # Frames are counted one by one: what is under way is the window.
    idle = run('tcp-stream', 'host0.vnic0.lro=true', 'stream.window=8 KiB', 'windows.measure=5 ms')
    checks.equal('a small window waits for the time of moderation', True,
                 8e-6 < idle['latency.mean'] < 30e-6)
    soon = run('tcp-stream', 'host0.vnic0.lro=true', 'stream.window=8 KiB', 'windows.measure=5 ms',
               'host0.vnic0.moderation.time=0 us')
    checks.equal('without one it waits for nobody', True,
                 soon['latency.mean'] < idle['latency.mean'] - 4e-6)


def summing():
    """Software that sums pays by the byte, and the wire sees the same."""
    base = ('host0.vnic0.driver=interrupt', 'servers.flows=1', 'host0.vnic0.tso=false')
    on, first = sent(*base)
    checks.equal('none where the card sums', False,
                 'checksum' in {row['cause'] for row in on.table('host_cycles')})
    off, second = sent(*base, 'host0.vnic0.checksum_offload=false')
    share = {row['cause']: row['cycles'] for row in off.table('host_cycles')}
    frames = off['rate.offered'] * 500e-6
    checks.near('cycles to sum what is sent', 1460 * 128 // 1024, share['checksum'] / frames, 0.05)
    common = min(len(first), len(second))
    checks.equal('the same bytes on the wire', True,
                 [s.payload for s in first[:common]] == [s.payload for s in second[:common]] and
                 all(s.right for s in second))
    received = run('interrupt-moderation', 'host0.vnic0.tso=false',
                   'host0.vnic0.checksum_offload=false')
    share = {row['cause']: row['cycles'] for row in received.table('host_cycles')}
    window = float(received['frames.delivered'])
    checks.near('cycles to sum what is received', 252 * 128 // 1024, share['checksum'] / window,
                0.05)


def tags():
    """Tagged on the wire, untagged in the host, and tagged again when it sends."""
    path = scratch() / 'tags.yaml'
    path.write_text('''
windows: {warmup: 100 us, measure: 500 us, drain: 100 us}
hosts:
  - name: host0
    profile: xeon-2s
    card: {profile: dsc-100}
    interfaces:
      - {name: a, driver: poll, application: forward, port: 1, vlan: 7}
      - {name: b, driver: sink, vlan: 9}
traffic:
  - {name: on, from: host0.wire0, to: host0.wire1, via: host0.a, frame_size: 512 B, rate: 2 Gb/s,
     protocol: tcp, flows: 10}
  - {name: up, from: host0.wire0, to: host0.b, frame_size: 512 B, rate: 2 Gb/s, protocol: tcp, flows: 10}
  - {name: down, from: host0.b, to: host0.wire0, frame_size: 512 B, rate: 2 Gb/s, protocol: tcp, flows: 10}
''')
    result = run(path, BOTH, pcap=scratch(), name='tags')
    came = [Segment(f) for f in frames_of_pcap(scratch() / 'host0.card.asic.port0.rx.pcap')]
    on = [Segment(f) for f in frames_of_pcap(scratch() / 'host0.card.asic.port1.tx.pcap')]
    down = [Segment(f) for f in frames_of_pcap(scratch() / 'host0.card.asic.port0.tx.pcap')]
    vlan = {7: b'\x81\x00\x00\x07', 9: b'\x81\x00\x00\x09'}
    checks.equal('towards interfaces: their tags', set(vlan.values()), {s.tag for s in came})
    checks.equal('sent on: under the tag again', {vlan[7]}, {s.tag for s in on})
    checks.equal('sent: under the tag', {vlan[9]}, {s.tag for s in down})
    checks.equal('checksums are right', True, all(s.right for s in came + on + down))
    checks.equal('enough of each', True, min(len(came), len(on), len(down)) > 200)
    checks.equal('nothing lost', 0, result['frames.lost'])
    sizes = {name: result[f'{name}.throughput.l2'] / 8 / result[f'{name}.rate.delivered']
             for name in ('on', 'up', 'down')}
    checks.equal('bytes of a frame: on, in the host, on the wire', [512, 508, 516],
                 [round(sizes[name]) for name in ('on', 'up', 'down')])
    routed = scratch() / 'routed.yaml'
    routed.write_text('''
windows: {warmup: 100 us, measure: 500 us, drain: 100 us}
hosts:
  - name: host0
    profile: xeon-2s
    card: {profile: dsc-100}
    interfaces: [{name: b, driver: sink, vlan: 9}]
functions: [{name: rt, kind: routing, where: asic, at: host0.card}]
traffic: [{name: up, from: host0.wire0, to: host0.b, frame_size: 512 B, rate: 2 Gb/s}]
''')
    for vlan, dropped in ((None, False), (9, False), (8, True), (0, True)):
        changes = () if vlan is None else (f'up.vlan={vlan}',)
        result = run(routed, *changes, name='routed')
        reasons = {row['reason'] for row in result.table('drops')}
        checks.equal(f'routed under VLAN {vlan}: dropped', dropped, reasons == {'wrong_vlan'})
        checks.equal(f'routed under VLAN {vlan}: comes', not dropped, result['rate.delivered'] > 0)


def together():
    """All of it at once, beyond what fits, while interfaces come and go: the audit holds."""
    path = scratch() / 'together.yaml'
    path.write_text('''
windows: {warmup: 500 us, measure: 2 ms, drain: 500 us}
hosts:
  - name: host0
    profile: xeon-6128
    card: {profile: plain-100g, nic: {tx_credit: 16 KiB}}
    interfaces:
      - {name: a, driver: interrupt, application_core: 1, lro: true, vlan: 5, queues: 2}
      - {name: b, driver: poll, core: 2, lro: true}
      - {name: c, driver: sink, lro: true, vlan: 9}
traffic:
  - {name: to-a, from: host0.wire0, to: host0.a, frame_size: 1518 B, rate: 20 %, protocol: tcp, flows: 8,
     window: 1 MiB}
  - {name: to-b, from: host0.wire0, to: host0.b, frame_size: 1518 B, rate: 20 %, protocol: tcp, flows: 8,
     window: 1 MiB, ip: v6}
  - {name: to-c, from: host0.wire0, to: host0.c, frame_size: imix, rate: 20 %, protocol: tcp, flows: 8}
  - {name: from-a, from: host0.a, to: host0.wire0, frame_size: [590 B, 1518 B], rate: 20 %,
     protocol: tcp, flows: 8}
  - {name: from-c, from: host0.c, to: host0.wire0, frame_size: 1518 B, rate: 100 %, protocol: tcp,
     flows: 2}
events:
  - {at: 1 ms, action: detach, target: host0.a}
  - {at: 1200 us, action: attach, target: host0.a}
  - {at: 1400 us, action: set, target: host0.b.queues, to: 3}
  - {at: 1600 us, action: set, target: host0.b.ring, to: 256}
  - {at: 1800 us, action: detach, target: host0.c}
  - {at: 2 ms, action: attach, target: host0.c}
  - {at: 2100 us, action: set, target: host0.a.moderation.time, to: 50 us}
''')
    for changes in ((), ('sim.run_ahead=false',), ('host0.iommu.enabled=true',)):
        result = run(path, *changes, name='together')
        checks.equal(f'together {changes}: the audit holds', True, result.audit['ok'])
        checks.equal(f'together {changes}: all classes arrive', True,
                     all(result[f'{name}.rate.delivered'] > 0
                         for name in ('to-a', 'to-b', 'to-c', 'from-a', 'from-c')))


def refused():
    """What cannot be is said with where and what is allowed."""
    def says(what, part, scenario, *changes):
        words = ['check', scenario]
        for change in changes:
            words += ['--set', change]
        done = snsim(*words)
        checks.equal(f'{what}: refused', 2, done.returncode)
        checks.equal(f'{what}: {part!r}', True, part in done.stderr)
    says('sums and cuts', "'false' needs tso: false", 'host-to-wire',
         'host0.vnic0.checksum_offload=false')
    says('merges and sends on', 'cannot be sent on', 'tcp-stream', 'host0.vnic0.lro=true',
         'host0.vnic0.application=forward')
    says('merges for too long', 'at most 500 us', 'tcp-stream', 'host0.vnic0.lro=true',
         'host0.vnic0.moderation.time=1 ms')
    says('merges for a program', 'a program takes no merged segments', 'tcp-stream',
         'host0.vnic0.lro=true', 'host0.vnic0.program=pass')
    path = scratch() / 'across.yaml'
    path.write_text('''hosts:
  - name: host0
    profile: xeon-2s
    card: {profile: dsc-100}
    interfaces: [{name: a, driver: sink, vlan: 7}, {name: b, driver: sink}]
traffic:
  - {name: across, from: host0.a, to: host0.b, frame_size: 512 B, rate: 2 Gb/s}
''')
    says('across VLANs', "across.yaml:7:39: across.to: 'host0.b' is in VLAN 0 and 'host0.a' in VLAN "
         '7', path)


def main():
    checks.attempt('cutting', cutting)
    checks.attempt('merging', merging)
    checks.attempt('summing', summing)
    checks.attempt('tags', tags)
    checks.attempt('together', together)
    checks.attempt('refused', refused)
    checks.end()


main()
