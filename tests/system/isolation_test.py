# labels: golden
# needs: h5py
"""A guest tries whatever its interface and its driver allow: nothing comes of it, all is counted.

In `hostile-guest` an attempt comes between frames of the victim, so that a run with it and one
without give the victim the same to the picosecond.
"""
import h5py

from support import Checks, run

checks = Checks()
OFF = 'host0.iommu.enabled=false'
# attempt: (who refuses it, what it is called); None: the frame it concerns is dropped for a reason
REFUSED = {
    'write_rings': ('host0.iommu', 'dma_write'),
    'read_rings': ('host0.iommu', 'dma_read'),
    'write_buffers': ('host0.iommu', 'dma_write'),
    'read_buffers': ('host0.iommu', 'dma_read'),
    'write_memory': ('host0.iommu', 'dma_write'),
    'read_memory': ('host0.iommu', 'dma_read'),
    'write_registers': ('host0.iommu', 'dma_write'),
    'read_registers': ('host0.iommu', 'dma_read'),
    'write_interrupt': ('host0.iommu', 'dma_write'),
    'doorbell_other': ('host0.card.nic.registers', 'other_function'),
    'doorbell_absent': ('host0.card.nic.registers', 'bad_doorbell'),
    'doorbell_beyond': ('host0.card.nic.registers', 'bad_doorbell'),
    'completion_future': ('host0.card.nic.registers', 'bad_doorbell'),
    'register_policy': ('host0.card.nic.registers', 'no_register'),
    'register_other': ('host0.card.nic.registers', 'other_function'),
    'register_read': ('host0.card.nic.registers', 'other_function'),
    'vector_memory': ('host0.card.nic.registers', 'bad_vector'),
    'ring_size': ('host0.card.nic.registers', 'bad_ring'),
}
BY_FRAMES = {
    # attempt: (who refuses it, what it is called, the reason for which a frame of mallory's ends)
    'receive_other': ('host0.iommu', 'dma_write', 'dma_fault'),
    'transmit_other': ('host0.iommu', 'dma_read', 'dma_fault'),
    'transmit_oversized': ('host0.iommu', 'dma_read', 'dma_fault'),
    'transmit_endless': (None, None, 'malformed'),
    'transmit_segment': (None, None, 'malformed'),
    'transmit_spoofed': (None, None, 'spoofed'),
    'transmit_vlan': (None, None, 'spoofed'),
    'ring_other': ('host0.iommu', 'dma_write', None),
    'vector_other': ('host0.iommu', 'interrupt', None),
}
COUNT = 10


def go(attempt, *changes, count=COUNT, **options):
    return run('hostile-guest', f'events.0.attempt={attempt}', f'events.0.count={count}', *changes,
               name=attempt, **options)


def faults(result, outcome='refused'):
    return {(row['path'], row['fault']): row['count'] for row in result.table('faults')
            if row['interface'] == 'host0.mallory' and row['outcome'] == outcome}


def victim(result):
    """All that the run says of the victim."""
    metrics = {name: value for name, value in result.metrics.items() if name.startswith('good.')}
    return metrics, result.table('latency/good'), [
        row for row in result.table('breakdown') if row['class'] == 'good'], [
        row for row in result.table('frames') if row['class'] == 'good']


def refused(attempt, alone, *changes):
    result = go(attempt, *changes)
    path, fault = REFUSED[attempt]
    expected = COUNT
    checks.equal(f'{attempt}: counted', {(path, fault): expected}, faults(result))
    checks.equal(f'{attempt}: tried', [COUNT], [row['count'] for row in result.table('attempts')])
    checks.equal(f'{attempt}: audit', [], result.audit['failed'])
    checks.equal(f'{attempt}: the victim, bit by bit', alone, victim(result))
    checks.equal(f'{attempt}: mallory gets no frame more', result['evil.frames.offered'],
                 result['evil.frames.delivered'])


def by_frames(attempt, alone):
    result = go(attempt)
    path, fault, reason = BY_FRAMES[attempt]
    found = faults(result)
    if path:
        checks.check(found.get((path, fault), 0) > 0, f'{attempt}: {path} counts {fault} ({found})')
    drops = {row['reason']: row['frames'] for row in result.table('drops')}
    if reason:
        checks.check(drops.get(reason, 0) > 0, f'{attempt}: frames end by {reason} ({drops})')
    checks.equal(f'{attempt}: audit', [], result.audit['failed'])
    good = {name: value for name, value in result.metrics.items()
            if name.startswith('good.') and 'latency' not in name}
    before = {name: value for name, value in alone[0].items() if 'latency' not in name}
    checks.equal(f'{attempt}: the victim gets every frame', before, good)
    checks.near(f'{attempt}: the victim\'s latency', alone[0]['good.latency.mean'],
                result['good.latency.mean'], 0.01)
    checks.check(not any(row['interface'] == 'host0.victim' for row in result.table('faults')),
                 f'{attempt}: nothing is counted against the victim')


def hammering():
    """A million a second of them cost the victim a little time, and nothing else."""
    quiet = go('read_memory', 'events.0.at=2 ms')
    for attempt in ('write_rings', 'read_buffers', 'doorbell_other', 'register_other'):
        loud = go(attempt, 'events.0.at=10 us', 'events.0.every=200 ns', count=6000)
        checks.equal(f'{attempt}, hammered: frames', quiet['good.frames.delivered'],
                     loud['good.frames.delivered'])
        checks.check(loud['good.latency.p99'] < 1.2 * quiet['good.latency.p99'],
                     f'{attempt}, hammered: p99 {loud["good.latency.p99"]:.3g} s against '
                     f'{quiet["good.latency.p99"]:.3g} s')
        checks.equal(f'{attempt}, hammered: audit', [], loud.audit['failed'])


def unprotected():
    """Without an IOMMU the run says what passes."""
    for attempt in ('write_rings', 'read_rings', 'write_buffers', 'read_buffers', 'write_memory',
                    'read_memory', 'write_registers', 'read_registers', 'write_interrupt'):
        result = go(attempt, OFF)
        kind = 'dma_read' if attempt.startswith('read') else 'dma_write'
        checks.equal(f'{attempt} without IOMMU: passes, and is told of',
                     {('host0.iommu', kind): COUNT}, faults(result, 'stray'))
        checks.equal(f'{attempt} without IOMMU: audit', [], result.audit['failed'])
        with h5py.File(result.path) as file:
            notes = [note.decode() if isinstance(note, bytes) else note
                     for note in file.attrs['notes']]
        checks.check(any('host0.iommu is off and let pass from host0.mallory' in note
                         for note in notes), f'{attempt} without IOMMU: the summary says so')
    for attempt in ('receive_other', 'transmit_other', 'ring_other', 'vector_other'):
        result = go(attempt, OFF)
        checks.equal(f'{attempt} without IOMMU: audit', [], result.audit['failed'])
        checks.check(sum(faults(result, 'stray').values()) > 0, f'{attempt} without IOMMU: told of')
    for attempt in ('doorbell_other', 'register_other', 'vector_memory'):
        checks.equal(f'{attempt} without IOMMU: refused all the same', COUNT,
                     sum(faults(go(attempt, OFF)).values()))


def endless():
    """A ring full of pieces without an end stops, and nobody else notices."""
    result = go('transmit_endless', 'events.0.every=1 us', 'spoof.rate=1 M/s', count=700)
    checks.equal('endless pieces: their ring is stopped', 1,
                 faults(result).get(('host0.card.nic.tx', 'bad_descriptor')))
    checks.equal('endless pieces: audit', [], result.audit['failed'])


def large_pages():
    """Pages of 2 MiB hold no memory of two owners, and hinder nobody."""
    page = 'host0.iommu.page=2 MiB'
    alone = victim(go('read_memory', page, 'events.0.at=2 ms'))
    for attempt in ('write_rings', 'read_rings', 'write_buffers', 'read_buffers'):
        refused(attempt, alone, page)


def main():
    alone = victim(go('read_memory', 'events.0.at=2 ms'))
    for attempt in REFUSED:
        checks.attempt(attempt, refused, attempt, alone)
    for attempt in BY_FRAMES:
        checks.attempt(attempt, by_frames, attempt, alone)
    checks.attempt('hammering', hammering)
    checks.attempt('unprotected', unprotected)
    checks.attempt('endless', endless)
    checks.attempt('large pages', large_pages)
    checks.end()


main()
