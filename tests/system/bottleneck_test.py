# labels: accuracy
# needs: h5py
"""The predicted gain of the named bottleneck against really doubling it, whatever limits.

What is doubled is what the bottleneck's path and resource name together, so they must be a
parameter; `wire` stands for the rate of the ports by which traffic enters, `traffic` for what the
classes offer.
"""
import re

from support import Checks, resolved, run, scenario

CARD = 'host0.card.asic'
checks = Checks()


def doubled(text):
    """'2 B' -> '4 B'"""
    number, unit = re.fullmatch(r'([0-9.]+)(.*)', text).groups()
    return f'{float(number) * 2:g}{unit}'


def doubling(bottleneck, values, ports):
    """The changes that double a bottleneck."""
    paths = {'wire': [f'{CARD}.port{port}.rate' for port in range(ports)],
             'traffic': [f'{way}.rate' for way in ('east', 'west')[:ports]]}.get(
                 bottleneck['path'], [f"{bottleneck['path']}.{bottleneck['resource']}"])
    return [f'{path}={doubled(values[path])}' for path in paths]


BOTH = ('firewall', 'routing')
DRAM = ('firewall memory: dram, capacity: 4194304', 'routing memory: sram')
# All look-ups of connections miss.
MISSES = (f'{CARD}.memory.sram=1024 MiB', f'{CARD}.memory.cache=4 KiB', 'east.flows.count=16384')

CASES = [
    # name, limit, functions, size, ports, changes
    ('engines', f'{CARD}.ingress engines', BOTH, '64 B', 1, ()),
    ('one engine', f'{CARD}.ingress engines', BOTH, '64 B', 1, (f'{CARD}.ingress.engines=1',)),
    ('engines, both ports', f'{CARD}.ingress engines', BOTH, '256 B', 2, ()),
    ('width', f'{CARD}.ingress width', BOTH, '64 B', 1, (f'{CARD}.ingress.width=2 B',)),
    ('width, both ports', f'{CARD}.ingress width', BOTH, '1518 B', 2, ()),
    ('parser', f'{CARD}.parser engines', BOTH, '64 B', 1,
     (f'{CARD}.parser.engines=1', f'{CARD}.parser.width=2 B')),
    ('channels', f'{CARD}.memory channels', DRAM, '64 B', 1,
     MISSES + (f'{CARD}.memory.channels=1', f'{CARD}.memory.access_time=200 ns')),
    ('look-ups', f'{CARD}.ingress lookups', DRAM, '64 B', 1,
     MISSES + (f'{CARD}.ingress.lookups=1',)),
    ('look-ups, two pipelines behind', f'{CARD}.ingress lookups', BOTH, '64 B', 1,
     (f'{CARD}.ingress.lookups=1', f'{CARD}.memory.cache_latency=100 ns')),
    ('contexts', f'{CARD}.ingress contexts', BOTH, '64 B', 1, (f'{CARD}.ingress.contexts=8',)),
    ('far port', f'{CARD}.port1 rate', BOTH, '1518 B', 1,
     (f'{CARD}.port1.rate=25 Gb/s', 'windows.warmup=1 ms')),
    ('egress engines', f'{CARD}.egress engines', BOTH, '64 B', 1,
     (f'{CARD}.ingress.engines=8', 'windows.warmup=1 ms')),
    # The queue behind the far port and the egress pipeline is still filling when the run ends.
    ('far port, queue filling', f'{CARD}.port1 rate', BOTH, '64 B', 1,
     (f'{CARD}.port1.rate=10 Gb/s', 'windows.warmup=50 us', 'windows.measure=200 us')),
    ('far port, nothing lost yet', f'{CARD}.port1 rate', BOTH, '1518 B', 1,
     (f'{CARD}.port1.rate=80 Gb/s', 'windows.warmup=50 us', 'windows.measure=200 us')),
    ('egress engines, queue filling', f'{CARD}.egress engines', BOTH, '64 B', 1,
     (f'{CARD}.egress.engines=2', 'windows.warmup=50 us', 'windows.measure=200 us')),
    ('wire', 'wire', BOTH, '64 B', 1, (f'{CARD}.port0.rate=25 Gb/s',)),
    ('wire and port', 'wire', BOTH, '1518 B', 1, ()),
    ('traffic', 'traffic', BOTH, '64 B', 1, ('east.rate=10 Mpps',)),
    ('traffic near the limit', 'traffic', BOTH, '64 B', 1, ('east.rate=30 Mpps',)),
]


def check_case(name, limit, functions, size, ports, changes):
    file = scenario('bottleneck-' + re.sub('[^a-z0-9]+', '-', name), functions, size=size,
                    ports=ports)
    before = run(file, *changes)
    checks.equal(f'{name}: limit', limit, before.limit)
    predicted = before.bottleneck['gain_if_doubled']
    twice = doubling(before.bottleneck, resolved(file, *changes), ports)
    after = run(file, *changes, *twice)
    real = after['rate.delivered'] / before['rate.delivered']
    checks.near(f'{name}: gain of {", ".join(twice)}, predicted against real', real, predicted,
                0.05)


def main():
    for case in CASES:
        checks.attempt(case[0], check_case, *case)
    checks.end()


main()
