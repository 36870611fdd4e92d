# labels: accuracy
# needs: h5py
"""What reaches a host's interfaces: the link's rate, weighted shares, and a flood among them."""
from support import Checks, run, scratch, snsim

checks = Checks()
COUNT = 16
DEMAND = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 2, 3, 4, 5]  # Gb/s
WEIGHTS = [1 + i % 4 for i in range(COUNT)]
LONG = ('windows.measure=2 ms',)
DEMANDS = tuple(f'to{i}.rate={rate} Gb/s' for i, rate in enumerate(DEMAND))
WEIGHTED = tuple(f'host0.vnic{i}.weight={weight}' for i, weight in enumerate(WEIGHTS))


def max_min(total, demand, weight):
    """Weighted max-min shares of a total."""
    share, left = {}, set(range(len(demand)))
    while left:
        weights = sum(weight[i] for i in left)
        full = {i for i in left if demand[i] <= total * weight[i] / weights}
        if not full:
            return {**share, **{i: total * weight[i] / weights for i in left}}
        for i in full:
            share[i] = demand[i]
            total -= demand[i]
        left -= full
    return share


def shares(name, weights, *changes):
    result = run('vnic-sriov', *LONG, *changes)
    got = [result[f'to{i}.throughput.l2'] for i in range(COUNT)]
    offered = [result[f'to{i}.rate.offered'] * 1518 * 8 for i in range(COUNT)]
    for i, share in max_min(sum(got), offered, weights).items():
        checks.near(f'{name}: share of vnic{i}', got[i], share, 0.02)


def link(lanes, mode, expected, limit):
    result = run('dsc100-to-host', f'host0.card.pcie.lanes={lanes}', f'host0.card.pcie.dll={mode}',
                 'windows.warmup=300 us')
    checks.near(f'x{lanes} {mode}', result['throughput.l2'], expected, 0.03)
    checks.equal(f'x{lanes} {mode}: limit', limit, result.limit)


def slow_way_out():
    """Frames wait in the transmit ring for far longer than a bin lasts."""
    limited = run('host-to-wire', 'host0.vnic0.rate_limit=1 Gb/s', 'windows.measure=2 ms')
    checks.near('limited to 1 Gb/s', limited['throughput.l2'], 1e9, 0.03)
    narrow = run('host-to-wire', 'host0.card.pcie.lanes=4')
    checks.equal('x4 carries less than is offered, and more than 20 Gb/s', True,
                 20e9 < narrow['throughput.l2'] < 35e9)


def sending():
    """What the wire does not carry stays in the senders' rings, and is shared by weight."""
    path = scratch() / 'sending.yaml'
    path.write_text('''
windows: {warmup: 4 ms, measure: 2 ms, drain: 1500 us}
hosts:
  - name: host0
    profile: xeon-2s
    card: {profile: dsc-25}
    interfaces: [{name: a, driver: sink, weight: 3}, {name: b, driver: sink}]
traffic:
  - {name: a, from: host0.a, to: host0.wire0, frame_size: 1518 B, rate: 100 %, protocol: udp, flows: 10}
  - {name: b, from: host0.b, to: host0.wire0, frame_size: 512 B, rate: 100 %, protocol: udp, flows: 10}
''')
    result = run(path, name='sending')
    checks.equal('beyond line rate: nothing is dropped', 0, result['frames.dropped'])
    checks.near('beyond line rate: the wire is full', 25e9, result['throughput.l1'], 0.005)
    checks.near('beyond line rate: by weight', 3, result['a.throughput.l2'] / result['b.throughput.l2'],
                0.02)
    wires = run(path, 'traffic.2={name: across, from: host0.wire1, to: host0.wire0, rate: 100 %, '
                'frame_size: 1518 B, protocol: udp}', name='across')
    lost = [wires[f'{name}.frames.lost'] for name in ('a', 'b')]
    checks.equal('against a wire: nothing of the host is lost', [0, 0], lost)
    half = wires['a.throughput.l2'] + wires['b.throughput.l2']
    checks.near('against a wire: half each', 1, half / wires['across.throughput.l2'], 0.03)


def flood():
    quiet = tuple(f'to{i}.rate=1 Gb/s' for i in range(COUNT))
    before = run('vnic-sriov', *LONG, *quiet)
    after = run('vnic-sriov', *LONG, *quiet[:-1], 'to15.rate=80 Gb/s')
    worst = max(after[f'to{i}.latency.p99'] / before[f'to{i}.latency.p99']
                for i in range(COUNT - 1))
    checks.equal('a flood raises p99 of the others less than twice', True, worst < 2)


def written(name, interfaces, classes, windows='{warmup: 2 ms, measure: 3 ms, drain: 100 us}',
            card='{profile: dsc-100, pcie: {lanes: 4}}'):
    """A scenario with many interfaces."""
    path = scratch() / f'{name}.yaml'
    path.write_text('\n'.join([
        f'windows: {windows}', 'hosts:', '  - name: host0', '    profile: xeon-2s',
        f'    card: {card}', '    interfaces:', *(f'      - {{{i}}}' for i in interfaces),
        'traffic:', *(f'  - {{{c}}}' for c in classes)]) + '\n')
    return path


def many():
    """256 functions that ask for more than there is: each gets its share, both ways."""
    count, size = 256, 'frame_size: 1518 B, protocol: udp, flows: 16'
    rates = range(0, count, 17)
    up = written('many', (f'name: v{i}, driver: sink, ring: 64, weight: {1 + i % 2}'
                          for i in range(count)),
                 (f'name: to{i}, from: host0.wire0, to: host0.v{i}, rate: 0.38 Gb/s, {size}'
                  for i in range(count)))
    down = written('down', (f'name: v{i}, driver: sink, ring: 64, weight: {1 + i % 2}'
                            for i in range(count)),
                   (f'name: to{i}, from: host0.v{i}, to: host0.wire0, rate: 0.4 Gb/s, {size}'
                    for i in range(count)))
    for name, path in (('to', up), ('from', down)):
        result = run(path, name='many')
        share = result['throughput.l2'] / (count * 1.5)
        for i in rates:  # a sample of them
            checks.near(f'{name} v{i}: share of weight {1 + i % 2}', share * (1 + i % 2),
                        result[f'to{i}.throughput.l2'], 0.08)
        checks.equal(f'{name} 256: the audit holds', True, result.audit['ok'])
        checks.equal(f'{name} 256: set up within a second', True, result['sim.setup_time'] < 1)


def queues():
    """As many queues as a card has room for, and no more."""
    short = '{warmup: 20 us, measure: 200 us, drain: 20 us}'
    for functions, of_each in ((1, 128), (16, 8), (64, 2), (256, 8)):
        path = written(f'queues{functions}',
                       (f'name: v{i}, driver: interrupt, queues: {of_each}, ring: 64'
                        for i in range(functions)),
                       [f'name: to{i}, from: host0.wire0, to: host0.v{i}, rate: 0.1 Gb/s, '
                        'frame_size: 512 B, protocol: udp, flows: 1000'
                        for i in range(min(functions, 16))], short)
        result = run(path, name='queues')
        checks.equal(f'{functions} functions of {of_each} queues: audit', True, result.audit['ok'])
        checks.equal(f'{functions} functions of {of_each} queues: frames come', True,
                     result['rate.delivered'] > 0)
        checks.equal(f'{functions} functions of {of_each} queues: set up within a second', True,
                     result['sim.setup_time'] < 1)
    for what, interfaces, says in (
            ('queues', (f'name: v{i}, driver: sink, queues: 9, ring: 8' for i in range(256)),
             'host0.v227.queues: with'),
            ('queue', ['name: v0, driver: sink, queues: 129'], 'range 1 to 128'),
            ('ring', (f'name: v{i}, driver: sink, queues: 8, ring: 8192' for i in range(128)),
             'host0.v64.ring: with these the rings of host0 have 4,259,840 entries'),
            ('functions', (f'name: v{i}, driver: sink' for i in range(257)),
             'more than the 256 that a card has functions for')):
        path = written(f'beyond-{what}', interfaces,
                       ['name: to0, from: host0.wire0, to: host0.v0, rate: 1 Gb/s'])
        done = snsim('check', path)
        checks.equal(f'too many of {what}: refused', 2, done.returncode)
        checks.equal(f'too many of {what}: {says!r}', True, says in done.stderr)


def side_by_side():
    """Senders of eight queues wake each other's cores at the same instant, whichever comes first."""
    path = written('side', ['name: v0, driver: sink', 'name: v1, driver: interrupt, queues: 8'],
                   ['name: out, from: host0.v1, to: host0.v0, flows: 10'],
                   '{warmup: 200 us, measure: 1 ms, drain: 100 us}', '{profile: dsc-100}')
    for seed in range(1, 9):
        result = run(path, name='side', seed=seed)
        checks.equal(f'eight senders, seed {seed}: audit', [], result.audit['failed'])


def one_tag():
    """Reads of more requests than there are tags are done in parts."""
    result = run('host-to-wire', 'host0.card.dma.tags=1', 'host0.card.nic.descriptor_fetch=256',
                 'host0.vnic0.buffer=2000 B', 'servers.rate=1 Gb/s')
    checks.near('one tag: all is sent', result['rate.offered'], result['rate.delivered'], 0.05)


def main():
    lanes = 'host0.card.pcie.up lanes'
    checks.attempt('x16', link, 16, 'guideline', 98.7e9, 'wire')
    checks.attempt('x8', link, 8, 'guideline', 51.5e9, lanes)
    checks.attempt('x4', link, 4, 'guideline', 25.9e9, lanes)
    checks.attempt('x8 events', link, 8, 'events', 51.5e9 * 1.09, lanes)
    checks.attempt('equal', shares, 'equal', [1] * COUNT)
    checks.attempt('demand', shares, 'demand', [1] * COUNT, *DEMANDS)
    checks.attempt('weights', shares, 'weights', WEIGHTS, *WEIGHTED)
    checks.attempt('both', shares, 'both', WEIGHTS, *WEIGHTED, *DEMANDS)
    checks.attempt('flood', flood)
    checks.attempt('slow way out', slow_way_out)
    checks.attempt('sending', sending)
    checks.attempt('many', many)
    checks.attempt('queues', queues)
    checks.attempt('side by side', side_by_side)
    checks.attempt('one tag', one_tag)
    checks.end()


main()
