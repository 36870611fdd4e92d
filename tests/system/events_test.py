# labels: golden
# needs: h5py
"""Interfaces come, go and change while frames are under way: each ends where the documents say."""
from support import Checks, run, snsim, scratch

checks = Checks()
WALL = {'sim.wall_time', 'sim.setup_time', 'sim.frames_per_wall_second', 'sim.memory.peak'}
BASE = '''
windows: {warmup: %(warmup)s, measure: 400 us, drain: 200 us}
hosts:
  - name: host0
    profile: xeon-2s
    iommu: {enabled: %(iommu)s}
    card: {profile: dsc-100}
    interfaces:
      - {name: a, driver: %(driver)s, queues: %(queues)s, port: 1}
      - {name: b, driver: sink}
events:
%(events)s
traffic:
  - {name: in, from: host0.wire0, to: host0.a, frame_size: 1518 B, rate: %(rate)s, protocol: tcp, flows: 64}
  - {name: other, from: host0.wire0, to: host0.b, frame_size: 1518 B, rate: 5 Gb/s, protocol: udp, flows: 16}
%(more)s
'''
OUT = '''  - {name: out, from: host0.%s, to: host0.wire1, frame_size: 1518 B, rate: 60 Gb/s, protocol: udp, flows: 16}
'''


def write(name, events, **values):
    settings = {'warmup': '100 us', 'iommu': 'true', 'driver': 'sink', 'queues': 2,
                'rate': '60 Gb/s', 'more': '', **values}
    lines = '\n'.join(f'  - {{{event}}}' for event in events)
    path = scratch() / f'{name}.yaml'
    path.write_text(BASE % {**settings, 'events': lines})
    return path


def drops(result):
    return {(row['path'], row['reason']): row['frames'] for row in result.table('drops')}


def by_reason(result):
    out = {}
    for row in result.table('drops'):
        out[row['reason']] = out.get(row['reason'], 0) + row['frames']
    return out


def same(name, path, *changes):
    """With and without running ahead, in large and small batches."""
    first = run(path, *changes, name=name)
    for change in (('sim.run_ahead=false',), ('sim.batch=1',), ('sim.batch=7',)):
        again = run(path, *changes, *change, name=f'{name}_again')
        differs = {metric for metric, value in first.metrics.items()
                   if metric not in WALL and again.metrics.get(metric) != value}
        checks.equal(f'{name} {change[0]}: what differs', set(), differs)
    return first


def detach(driver, iommu, out):
    """Down at 250 us: half of the window's frames end. Whatever was under way is accounted for."""
    name = f'detach_{driver}_{iommu}_{"out" if out else "in"}'
    more = OUT % 'a' if out else ''
    path = write(name, ['at: 250 us, action: detach, target: host0.a'], driver=driver, iommu=iommu,
                 more=more)
    result = same(name, path)
    checks.equal(f'{name}: audit', [], result.audit['failed'])
    dropped = by_reason(result)
    checks.check(dropped.get('interface_down', 0) > 0.3 * result['in.frames.offered'],
                 f'{name}: frames end by interface_down ({drops(result)})')
    checks.equal(f'{name}: nothing lost for another reason on b', True,
                 result['other.frames.delivered'] >= result['other.frames.offered'] - 4)
    if out:
        checks.check(result['out.frames.delivered'] < 0.6 * result['out.frames.offered'],
                     f'{name}: what it sends ends too')


def reattach(driver, iommu):
    name = f'reattach_{driver}_{iommu}'
    path = write(name, ['at: 200 us, action: detach, target: host0.a',
                        'at: 250 us, action: attach, target: host0.a'], driver=driver, iommu=iommu,
                 more=OUT % 'a' if driver == 'sink' else '', rate='20 Gb/s')
    result = same(name, path)
    checks.equal(f'{name}: audit', [], result.audit['failed'])
    share = result['in.frames.delivered'] / result['in.frames.offered']
    checks.check(0.84 < share < 0.89 or driver != 'sink',
                 f'{name}: an eighth of the window is missing ({share:.3f} delivered)')
    checks.check(share > 0.5, f'{name}: it works again')
    late = {row['fault'] for row in result.table('faults')}
    checks.check(late <= {'detached', 'ring_off'}, f'{name}: only late accesses are refused ({late})')


def quick(iommu):
    """Off and on within what is under way on the link, many times."""
    name = f'quick_{iommu}'
    events = []
    for i in range(20):
        events.append(f'at: {150 + 10 * i} us, action: detach, target: host0.a')
        events.append(f'at: {150 + 10 * i} us, action: attach, target: host0.a' if i % 2 else
                      f'at: {150000 + 10000 * i + 300} ns, action: attach, target: host0.a')
    path = write(name, events, iommu=iommu, more=OUT % 'a')
    result = same(name, path)
    checks.equal(f'{name}: audit', [], result.audit['failed'])
    checks.check(result['in.frames.delivered'] > 0.5 * result['in.frames.offered'],
                 f'{name}: frames arrive in between')


def resize(driver, iommu):
    name = f'resize_{driver}_{iommu}'
    path = write(name, ['at: 150 us, action: set, target: host0.a.queues, to: 8',
                        'at: 200 us, action: set, target: host0.a.ring, to: 4096',
                        'at: 250 us, action: set, target: host0.a.queues, to: 1',
                        'at: 300 us, action: set, target: host0.a.ring, to: 64',
                        'at: 350 us, action: set, target: host0.a.moderation.frames, to: 1'],
                 driver=driver, iommu=iommu, more=OUT % 'a' if driver == 'sink' else '')
    result = same(name, path)
    checks.equal(f'{name}: audit', [], result.audit['failed'])
    dropped = by_reason(result)
    checks.check(0 < dropped.get('interface_down', 0), f'{name}: what lay in rings ends ({dropped})')
    checks.check(result['in.frames.delivered'] > 0.1 * result['in.frames.offered'],
                 f'{name}: frames arrive ({result["in.frames.delivered"]:.0f})')


def shares():
    path = write('shares', ['at: 100 us, action: set, target: host0.a.rate_limit, to: 10 Gb/s'],
                 queues=1)
    result = run(path, 'windows.warmup=200 us', name='shares')
    checks.near('limited to 10 Gb/s', 10e9, result['in.throughput.l2'], 0.02)
    path = write('weights', ['at: 100 us, action: set, target: host0.a.weight, to: 3'], queues=1)
    result = run(path, 'windows.warmup=300 us', 'host0.card.pcie.lanes=4', 'other.rate=30 Gb/s',
                 name='weights')
    checks.near('three parts of four', 3, result['in.throughput.l2'] / result['other.throughput.l2'],
                0.03)
    path = write('unlimited', ['at: 100 us, action: set, target: host0.a.rate_limit, to: none'])
    result = run(path, 'windows.warmup=200 us', 'host0.a.rate_limit=1 Gb/s', name='unlimited')
    checks.near('limit lifted', 60e9, result['in.throughput.l2'], 0.03)


def early_and_late():
    path = write('warm', ['at: 50 us, action: detach, target: host0.a',
                          'at: 90 us, action: attach, target: host0.a',
                          'at: 5 ms, action: detach, target: host0.a'])
    result = run(path, name='warm')
    checks.equal('events while warming up: audit', [], result.audit['failed'])
    checks.check(result['in.frames.delivered'] > 0.99 * result['in.frames.offered'],
                 'events while warming up: the window sees none of it')
    import h5py
    with h5py.File(result.path) as file:
        notes = [n.decode() if isinstance(n, bytes) else n for n in file.attrs['notes']]
    checks.check('events.2: at 5 ms the run was over; it did not happen' in notes,
                 f'an event after the end is told of ({notes})')
    path = write('auto', ['at: 50 us, action: detach, target: host0.a',
                          'at: 90 us, action: attach, target: host0.a'], warmup='auto')
    checks.equal('events in an automatic warm-up: audit', [], run(path, name='auto').audit['failed'])
    path = write('later', ['at: 300 us, action: attach, target: host0.a'])
    result = run(path, 'host0.a.attached=false', name='later')
    checks.equal('attached later: audit', [], result.audit['failed'])
    checks.near('attached later: half of the frames', 0.5,
                result['in.frames.delivered'] / result['in.frames.offered'], 0.03)


def refusals():
    cases = {
        'action: detach, target: host0.c': "there is no interface 'host0.c'",
        'action: attach, target: host0.a': "'host0.a' is attached then",
        'action: set, target: host0.a.wieght, to: 3': "did you mean 'weight'",
        'action: set, target: host0.a.driver, to: poll': 'does not change while the scenario runs',
        'action: set, target: host0.a.queues, to: 1000': "'1000' is too large",
        'action: set, target: host0.a.ring, to: 100': "'100' is no power of two",
        'action: set, target: host0.a.weight': "needs the key 'to'",
        'action: fail, target: host0.a': 'not yet modelled',
        'action: attempt, target: host0.a, attempt: write_ring': "did you mean 'write_rings'",
        'action: attempt, target: host0.a, attempt: write_rings, against: host0.x':
            "there is no interface 'host0.x'",
    }
    for text, message in cases.items():
        path = write('refused', [f'at: 1 us, {text}'])
        done = snsim('check', path)
        checks.equal(f'{text}: exit code', 2, done.returncode)
        line = next((l for l in done.stderr.splitlines() if message in l), '')
        checks.check(':12:' in line, f'{text}: {line or done.stderr}')


def main():
    for driver in ('sink', 'poll', 'interrupt'):
        for iommu in ('true', 'false'):
            checks.attempt(f'detach {driver}', detach, driver, iommu, driver == 'sink')
            checks.attempt(f'resize {driver}', resize, driver, iommu)
            checks.attempt(f'reattach {driver}', reattach, driver, iommu)
    for iommu in ('true', 'false'):
        checks.attempt('quick', quick, iommu)
    checks.attempt('shares', shares)
    checks.attempt('early and late', early_and_late)
    checks.attempt('refusals', refusals)
    checks.end()


main()
