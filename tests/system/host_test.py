# labels: law
# needs: h5py
"""Hosts in whole scenarios: beyond a core's rate, requests and responses, what is sent and sent on."""
from support import SCENARIOS, Checks, frames_of_pcap, ones_sum, run, scratch, snsim

checks = Checks()
ROUTER = ('host0.card.profile=plain-100g',)


def saturation():
    """Offered more and more, an interrupted host takes no less than before (no livelock)."""
    taken = []
    for rate in ('1 %', '2 %', '5 %', '20 %', '100 %'):
        result = run('interrupt-moderation', f'clients.rate={rate}', 'host0.vnic0.application_core=0')
        taken.append(result['rate.delivered'])
        if rate in ('5 %', '20 %', '100 %'):
            checks.equal(f'at {rate} of line rate: limit', 'host0.cpu.core0 clock', result.limit)
    checks.near('twenty times as much is offered: taken', taken[2], taken[4], 0.15)
    early = [run('interrupt-moderation', 'host0.vnic0.program=drop', f'clients.rate={rate}')
             for rate in ('20 %', '100 %')]
    dropped = [(r['frames.dropped'] - r['frames.lost']) / 2e-3 for r in early]
    checks.equal('a program drops ten times what the kernel takes', True,
                 dropped[1] > 10 * taken[4])


def ping_pong():
    """One request under way: rate times latency is one (Little), and the seconds are the round's."""
    for driver in ('poll', 'interrupt'):
        result = run('interrupt-moderation', f'host0.vnic0.driver={driver}',
                     'host0.vnic0.application=reply', 'clients.window=64 B', 'clients.rate=100 %',
                     'host0.vnic0.moderation.time=0 us', 'windows.measure=20 ms')
        cable = 2 * 5e-9 + (256 + 8) * 8 / 100e9 + 256 * 8 / 100e9
        checks.near(f'{driver}: rate times latency', 1,
                    result['rate.delivered'] * (result['latency.mean'] + cable), 0.01)
        checks.equal(f'{driver}: nothing lost', 0, result['frames.lost'])


def merged_replies():
    """What is read at once is answered frame by frame, and no time of it is lost or told too late."""
    result = run('tcp-stream', 'host0.vnic0.application=reply', 'windows.warmup=100 us',
                 'windows.measure=1 ms')
    checks.equal('answers to merged segments: audit', [], result.audit['failed'])
    checks.equal('answers to merged segments: delivered', True, result['frames.delivered'] > 500)


def slow_memory():
    """However long memory takes, what is told of accesses then is not too late."""
    for changes in (('host0.iommu.enabled=true', 'host0.iommu.entries=1',
                     'host0.iommu.walk=100 us'), ('host0.memory.bandwidth=1 Gb/s',)):
        result = run('host-to-wire', *changes, 'windows.warmup=50 us', 'windows.measure=300 us')
        checks.equal(f'{changes[-1]}: audit', [], result.audit['failed'])


def window():
    """No more than the window is under way, whatever the receiver does."""
    result = run('tcp-stream', 'windows.warmup=5 ms',
                 'windows.measure=5 ms')
    under_way = result['rate.delivered'] * result['latency.mean'] * 1518
    checks.near('bytes under way', 3 * 2**20, under_way, 0.03)
    checks.equal('the reader is what limits', 'host0.cpu.core1 clock', result.limit)


def sent_on():
    """Frames leave under the next hop's address, with a hop less and right checksums."""
    for changes, ttl in ((('host0.vnic0.program=route',), 63), (('host0.vnic0.program=redirect',), 64),
                         (('host0.vnic0.driver=poll',), 63), (('host0.vnic0.program=none',), 63)):
        run('host-router', *ROUTER, *changes, 'clients.rate=0.1 Mpps',
            'windows.measure=1 ms', 'record.pcap=[host0.card.asic.port0, host0.card.asic.port1]',
            pcap=scratch())
        came = frames_of_pcap(scratch() / 'host0.card.asic.port0.rx.pcap')
        left = frames_of_pcap(scratch() / 'host0.card.asic.port1.tx.pcap')
        what = changes[0]
        checks.equal(f'{what}: frames leave', True, len(left) > 90)
        checks.equal(f'{what}: came to the interface', {b'\x02\0\0\0\x02\x01'}, {f[:6] for f in came})
        checks.equal(f'{what}: to the next hop', {b'\x02\0\0\0\x01\x01'}, {f[:6] for f in left})
        checks.equal(f'{what}: from the interface', {b'\x02\0\0\0\x02\x01'}, {f[6:12] for f in left})
        checks.equal(f'{what}: TTL', {ttl}, {f[22] for f in left})
        checks.equal(f'{what}: checksums', {0xffff}, {ones_sum(f[14:34]) for f in left})
        same = [a[26:] for a in came[:len(left)]] == [b[26:] for b in left]
        checks.equal(f'{what}: otherwise the same', True, same)


def senders():
    """What limits a sender is named; a packet's way out adds up."""
    udp = run('host-to-wire', 'host0.vnic0.driver=interrupt')
    checks.equal('UDP by the kernel: limit', 'host0.cpu.core0 clock', udp.limit)
    tcp = run('host-to-wire', 'host0.vnic0.driver=interrupt', 'servers.protocol=tcp',
              'servers.flows=1')
    checks.equal('TSO sends more than five times as much', True,
                 tcp['rate.delivered'] > 5 * udp['rate.delivered'])
    poll = run('host-to-wire', 'host0.vnic0.driver=poll', 'servers.frame_size=64 B')
    checks.equal('polling sends ten times as much', True,
                 poll['rate.delivered'] > 10 * udp['rate.delivered'])
    lossy = run('host-to-wire', 'host0.vnic0.driver=interrupt', 'host0.vnic0.rate_limit=1 Gb/s',
                'windows.measure=5 ms', 'windows.warmup=5 ms')
    checks.equal('UDP is lost at a full ring', True, lossy['frames.lost'] > 0)
    kept = run('host-to-wire', 'host0.vnic0.driver=interrupt', 'host0.vnic0.rate_limit=1 Gb/s',
               'windows.measure=5 ms', 'windows.warmup=5 ms', 'host0.vnic0.when_full=wait')
    checks.equal('and not if it waits', 0, kept['frames.lost'])
    checks.near('which is as fast as the card', 1e9, kept['throughput.l2'], 0.05)


def refused():
    for change, word in (('host0.vnic0.program=drop', 'sends nothing on'),
                         ('host0.vnic0.driver=sink', 'sends nothing on'),
                         ('clients.via=host0.wire1', 'interface'),
                         ('clients.to=host0.wire0', 'by its port'),
                         ('functions.0={name: rt, kind: routing, where: asic, at: host0.card}',
                          'past')):
        done = snsim('check', SCENARIOS / 'host-router.yaml', '--set', change)
        checks.equal(f'{change}: exit code', 2, done.returncode)
        checks.equal(f'{change}: says why', True, word in done.stderr)


def main():
    for part in (saturation, ping_pong, merged_replies, slow_memory, window, sent_on, senders, refused):
        checks.attempt(part.__name__, part)
    checks.end()


main()
