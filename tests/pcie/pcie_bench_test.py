#labels : law
#needs : h5py
"""What limits DMA: the engine's places and latency, the link, page walks; and that all is kept."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'system'))
from support import Checks, SCENARIOS, run  # noqa: E402

checks = Checks()
BENCH = SCENARIOS / 'pcie-bench.yaml'
SHORT = ('windows.measure=200 us',)
#An engine that is never in the way.
FREE = ('host0.card.dma.clock=10 GHz', 'host0.card.dma.outstanding=2048',
        'host0.card.dma.tags=1024', 'host0.card.dma.write_interval=0 ns',
        'bench.access.outstanding=1024')


def bench(*changes):
    done = run(BENCH, *SHORT, *changes, exits=(0,))
    checks.check(done.audit['ok'], f'audit of {" ".join(changes)}')
    return done


def small_reads_wait_for_places():
    for places in (8, 16):
        done = bench(f'host0.card.dma.outstanding={places}')
        one = bench(f'host0.card.dma.outstanding={places}', 'bench.access.outstanding=1')
        checks.near(f'{places} places: rate is places over latency', places / one['latency.mean'],
                     done['rate.delivered'], 0.03)
        checks.equal(f'{places} places: limit', 'host0.card.dma outstanding', done.limit)
        twice = bench(f'host0.card.dma.outstanding={2 * places}')
        checks.near(f'{places} places: gain of doubling them',
                     done.bottleneck['gain_if_doubled'],
                     twice['rate.delivered'] / done['rate.delivered'], 0.05)


def large_reads_fill_the_link():
    done = bench(*FREE, 'bench.access.size=1024 B')
    checks.equal('1024 B reads: limit', 'host0.card.pcie.down lanes', done.limit)
    checks.check(done['pcie.down.utilisation'] > 0.99, '1024 B reads: the link down is full')
    twice = bench(*FREE, 'bench.access.size=1024 B', 'host0.card.pcie.lanes=16')
    checks.near('1024 B reads: gain of twice the lanes', done.bottleneck['gain_if_doubled'],
                 twice['goodput'] / done['goodput'], 0.05)


def a_small_iotlb_shows_the_walks():
    iommu = ('host0.iommu.enabled=true', 'host0.iommu.walkers=4', 'host0.iommu.walk=300 ns')
    inside = bench(*iommu, 'bench.access.window=256 KiB')
    without = bench('bench.access.window=256 KiB')
    checks.near('64 pages in 64 entries cost nothing', without['goodput'], inside['goodput'], 0.005)
    for window in ('16 MiB', '64 MiB'):
        done = bench(*iommu, f'bench.access.window={window}')
        checks.near(f'{window}: plateau of the walkers', 4 / 300e-9, done['rate.delivered'], 0.05)
        checks.equal(f'{window}: limit', 'host0.iommu walkers', done.limit)
    without = bench('bench.access.window=64 MiB')
    large = bench(*iommu, 'bench.access.window=64 MiB', 'host0.iommu.page=2 MiB')
    checks.near('32 large pages fit', without['goodput'], large['goodput'], 0.02)


def cache_and_sockets():
    one = ('bench.access.outstanding=1',)
    warm = bench(*one)['latency.p50']
    cold = bench(*one, 'bench.access.cache=cold')['latency.p50']
    far = bench(*one, 'bench.access.node=1')['latency.p50']
    checks.near('DRAM in place of the cache', 40e-9, cold - warm, 0.05)
    checks.near('memory of another socket', 90e-9, far - warm, 0.05)


def write_then_read():
    one = ('bench.access.outstanding=1',)
    read = bench(*one)['latency.p50']
    both = bench(*one, 'bench.access.operation=write-then-read')['latency.p50']
    checks.check(both > read + 100e-9, 'a read waits until the write before it is visible')


def errors_cost_time_and_nothing_else():
    broken = bench('host0.card.pcie.error_rate=5 %', 'bench.access.operation=read-write')
    whole = bench('bench.access.operation=read-write')
    checks.check(broken['latency.mean'] > whole['latency.mean'], 'replays take time')


def same_whatever_the_settings_of_the_simulator():
    for operation in ('read', 'write', 'read-write', 'write-then-read'):
        changes = (f'bench.access.operation={operation}', 'bench.access.size=1500 B')
        a = bench(*changes)
        b = bench(*changes, 'sim.run_ahead=false', 'sim.batch=1')
        same = [{
name: value for name, value in done.metrics.items()
                 if name == 'sim.events' or not name.startswith('sim.')} for done in (a, b)]
        checks.check(same[0] == same[1], f'{operation}: all metrics without run-ahead')


def few_items():
    for operation, most in (('write', 2.1), ('read', 3.1)):
        changes = (f'bench.access.operation={operation}', 'bench.access.outstanding=1')
        done = bench(*changes, 'bench.access.size=1500 B')
        accesses = done['rate.delivered'] * 250e-6  # of the whole run, about
        checks.check(done['sim.events'] < most * accesses * 1.15,
                     f'{operation}: {done["sim.events"] / accesses:.2f} items an access')


def main():
    for check in (small_reads_wait_for_places, large_reads_fill_the_link,
                  a_small_iotlb_shows_the_walks, cache_and_sockets, write_then_read,
                  errors_cost_time_and_nothing_else, same_whatever_the_settings_of_the_simulator,
                  few_items):
        checks.attempt(check.__name__, check)
    checks.end()


main()
