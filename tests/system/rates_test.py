# labels: accuracy
# needs: h5py
"""Rates against data sheets, and against a closed form written here from the blocks' contracts.

The closed form knows the resolved parameters and what the functions do to a frame (the lists of
primitives of models/functions and models/asic/forwarding), nothing of the simulator's code. A
frame's rate is the least of what each resource can do; the resource that gives the least is what
the run must name as its bottleneck.
"""
from fractions import Fraction

from support import Checks, quantity, resolved, run, scenario, SCENARIOS

CARD = 'host0.card.asic'
checks = Checks()

# What a frame meets, in order: (primitive, count, condition). Its path is a set of conditions.
FORWARDING = [('extract', 4, ''), ('compare', 1, ''), ('compare', 2, ''), ('compare', 2, ''),
              ('rewrite', 1, ''), ('rewrite', 2, '')]
EGRESS = [('extract', 1, ''), ('compare', 1, ''), ('rewrite', 1, ''), ('rewrite', 2, '')]
FIREWALL_HEAD = [('compare', 1, ''), ('extract', 3, 'ipv4'), ('extract', 9, 'ipv6'),
                 ('extract', 1, '')]
FIREWALL_TAIL = [('extract', 1, 'fragment'), ('lookup', 1, 'fragment'), ('rewrite', 13, 'fragment')]
FIREWALL = FIREWALL_HEAD + [
    ('extract', 1, 'tcp'), ('compare', 1, 'tcp'), ('extract', 6, 'error'), ('extract', 11, 'error'),
    ('compare', 1, 'ipv4'), ('compare', 4, 'ipv6'), ('lookup', 1, ''), ('compare', 2, ''),
    ('compare', 1, 'tcp'), ('rewrite', 5, ''), ('rewrite', 1, 'new'), ('lookup', 1, 'new'),
    ('rewrite', 16, 'new')] + FIREWALL_TAIL
STATELESS = FIREWALL_HEAD + [('lookup', 1, '')] + FIREWALL_TAIL
ROUTING = [('extract', 1, ''), ('compare', 2, ''), ('extract', 1, ''), ('compare', 1, ''),
           ('extract', 1, 'ipv4'), ('lookup', 1, 'ipv4'), ('extract', 4, 'ipv6'),
           ('lookup', 1, 'ipv6'), ('lookup', 1, ''), ('rewrite', 3, ''), ('rewrite', 1, 'ipv4'),
           ('rewrite', 1, 'ipv6')]
PROGRAMS = {'firewall': FIREWALL, 'firewall stateful: false': STATELESS, 'routing': ROUTING}
USUAL = {'ipv4', 'tcp'}  # an established TCP connection over IPv4: what stages are balanced for


def stage_cycles(program, cost, stages, path):
    """Cycles of the stages' engines for a frame of this path.

    The list is cut into at most `stages` pieces so that the longest, on the usual path, is as
    short as possible; each stage is filled as far as that allows, and dispatches every frame.
    """
    units = [(cost[kind], when) for kind, count, when in program for _ in range(count)]
    usual = [price if not when or when in USUAL else 0 for price, when in units]

    def pieces(limit):
        """Where each piece ends, filled up to the limit."""
        ends, load = [], 0
        for index, cycles in enumerate(usual):
            if load + cycles > limit:
                ends.append(index)
                load = 0
            load += cycles
        return ends + [len(usual)]

    limit = max(usual)
    while len(pieces(limit)) > stages:
        limit += 1
    ends = pieces(limit)
    return [cost['dispatch'] + sum(price for price, when in units[start:end]
                                   if not when or when in path)
            for start, end in zip([0] + ends, ends)]


class ClosedForm:
    """Frames per second that each resource of the card can carry."""

    def __init__(self, file, sets, functions, path):
        values = resolved(file, *sets)
        self.values = values
        self.path = path
        self.functions = functions
        self.clock = self.get('clock')
        self.cost = {kind: int(self.get(f'cost.{kind}'))
                     for kind in ('dispatch', 'extract', 'lookup', 'compare', 'rewrite')}

    def get(self, key):
        return quantity(self.values[f'{CARD}.{key}'])

    def cycles(self, pipeline):
        program = EGRESS
        if pipeline == 'ingress':
            program = FORWARDING + [op for f in self.functions for op in PROGRAMS[f]]
        return stage_cycles(program, self.cost, int(self.get(f'{pipeline}.stages')), self.path)

    def rates(self, size, ports, accesses=None, latency=None):
        """{resource: frames/s}; `size` may be a mean. `accesses`: of DRAM per frame, `latency`:
        of a connection look-up, both where a case fixes them."""
        header = 14 + (20 if 'ipv4' in self.path else 40) + (20 if 'tcp' in self.path else 8)
        parse = 3 * self.get('parser.state_cycles') + -(-header // self.get('parser.width'))
        rates = {f'{CARD}.parser engines': self.get('parser.engines') * self.clock / parse}
        for pipeline in ('ingress', 'egress'):
            bus = size - 4 + self.get(f'{pipeline}.internal_header')
            rates[f'{CARD}.{pipeline} width'] = self.get(f'{pipeline}.width') * self.clock / bus
            rates[f'{CARD}.{pipeline} engines'] = (self.get(f'{pipeline}.engines') * self.clock /
                                                   max(self.cycles(pipeline)))
        line = [self.get(f'port{port}.rate') / (8 * (size + 20)) for port in (0, 1)]
        rates['wire'] = sum(line[:ports])
        if ports == 1 and line[1] < line[0]:
            rates[f'{CARD}.port1 rate'] = line[1]
        if accesses:
            rates[f'{CARD}.memory channels'] = (self.get('memory.channels') /
                                                self.get('memory.access_time') / accesses)
        if latency:
            rates[f'{CARD}.ingress lookups'] = self.get('ingress.lookups') / latency(self.get)
        return rates


def data_sheets():
    for card, packets, bits in (('dsc100', 40e6, 100e9), ('dsc25', 24e6, 50e9)):
        file = SCENARIOS / f'{card}-line-rate.yaml'
        done = run(file)
        checks.near(f'{card}: packets/s of 64 B by one port', packets, done['rate.delivered'])
        checks.equal(f'{card}: limit of 64 B', f'{CARD}.ingress engines', done.limit)
        done = run(file, 'east.frame_size=1518 B', 'west.frame_size=1518 B', 'west.rate=100 %')
        checks.near(f'{card}: bit/s on the wire, 1518 B by both ports', bits,
                    done['throughput.l1'])


BOTH = ('firewall', 'routing')
TWICE = ('firewall', 'firewall', 'routing')
DRAM = ('firewall memory: dram, capacity: 4194304', 'routing memory: sram')
# All look-ups of connections miss a cache that holds 64 of 16384 lines.
MISSES = (f'{CARD}.memory.sram=1024 MiB', f'{CARD}.memory.cache=4 KiB', 'east.flows.count=16384')
MISS = 1 - 64 / 16384
LINES = 1 + 16384 / 4194304 / 2  # a few stand one slot behind their own


def miss_latency(get):
    return get('memory.cache_latency') + Fraction(MISS) * get('memory.dram_latency')


def cases():
    """(name, functions, size, ports, changes, more of the closed form)"""
    for card in ('dsc-100', 'dsc-25'):
        for size in ('64 B', '128 B', '256 B', '293 B', '512 B', '1518 B', 'imix'):
            for ports in (1, 2):
                if card == 'dsc-100' or size in ('64 B', '512 B', 'imix'):
                    yield f'{size} x {ports}, {card}', BOTH, size, ports, (), {'card': card}
    for engines in (1, 2):
        yield f'{engines} engines', BOTH, '64 B', 1, (f'{CARD}.ingress.engines={engines}',), {}
    yield ('8 engines', BOTH, '64 B', 1, (f'{CARD}.ingress.engines=8', 'windows.warmup=1 ms'), {})
    yield '4 stages', BOTH, '64 B', 1, (f'{CARD}.ingress.stages=4',), {}
    yield 'half the clock', BOTH, '64 B', 1, (f'{CARD}.clock=390.625 MHz',), {}
    for width in (2, 4):
        for size in ('64 B', '256 B'):
            yield (f'width {width} B, {size}', BOTH, size, 1, (f'{CARD}.ingress.width={width} B',),
                   {})
    yield ('slow parser', BOTH, '64 B', 1, (f'{CARD}.parser.width=1 B', f'{CARD}.parser.engines=1'),
           {})
    yield ('slow far port', BOTH, '1518 B', 1,
           (f'{CARD}.port1.rate=25 Gb/s', 'windows.warmup=1 ms'), {})
    yield 'routing only', ('routing',), '64 B', 1, (), {}
    yield 'stateless firewall', ('firewall stateful: false', 'routing'), '64 B', 1, (), {}
    yield 'firewall twice', TWICE, '64 B', 1, (), {}
    yield 'firewall twice by both ports', TWICE, '256 B', 2, (), {}
    yield 'UDP', BOTH, '64 B', 1, ('east.protocol=udp',), {'path': {'ipv4'}}
    yield 'IPv6', BOTH, '82 B', 1, ('east.ip=v6',), {'path': {'ipv6', 'tcp'}}
    yield ('one slow channel', DRAM, '64 B', 1,
           MISSES + (f'{CARD}.memory.channels=1', f'{CARD}.memory.access_time=200 ns'),
           {'accesses': 2 * MISS * LINES})  # every line read is written back
    for lookups in (1, 2):
        yield (f'{lookups} look-ups', DRAM, '64 B', 1,
               MISSES + (f'{CARD}.ingress.lookups={lookups}',), {'latency': miss_latency})


found = {}


def check_case(name, functions, size, ports, changes, more):
    key = name.replace(' ', '-').replace(',', '').lower()
    file = scenario(f'rates-{key}', functions, more.get('card', 'dsc-100'), size, ports)
    if size == 'imix':
        changes += ('windows.measure=3 ms',)
    form = ClosedForm(file, changes, [f.partition(' memory')[0] for f in functions],
                      more.get('path', USUAL))
    done = run(file, *changes)
    # A full buffer has room for a small frame when it has none for a large one.
    mean = Fraction(done['throughput.l2'] / 8 / done['rate.delivered']) if size == 'imix' \
        else quantity(size)
    rates = form.rates(mean, ports, accesses=more.get('accesses'), latency=more.get('latency'))
    limit = min(rates, key=rates.get)
    found[name] = done['rate.delivered']
    checks.near(f'{name}: frames/s', rates[limit], done['rate.delivered'])
    checks.equal(f'{name}: limit', limit, done.limit)


def service_times():
    """The stages' mean service is their cycles at the clock, whatever the frame's size."""
    for size in ('64 B', '1518 B'):
        file = scenario(f'service-{size[:-2]}', size=size)
        form = ClosedForm(file, (), BOTH, USUAL)
        stations = run(file).by_path('stations')
        worst = 0
        for pipeline in ('ingress', 'egress'):
            cycles = form.cycles(pipeline)
            for index, count in enumerate(cycles):
                service = stations[f'{CARD}.{pipeline}.stage{index}']['mean_service']
                worst = max(worst, abs(service / float(count / form.clock) - 1))
        checks.check(worst < 0.002, f'{size}: every stage serves a frame in the cycles of its '
                     f'primitives (worst {worst:.3%} off)')


def main():
    checks.attempt('data sheets', data_sheets)
    for case in cases():
        checks.attempt(case[0], check_case, *case)
    checks.attempt('service times', service_times)
    if {'64 B x 1, dsc-100', 'firewall twice', 'routing only'} <= found.keys():
        checks.check(found['firewall twice'] < 0.9 * found['64 B x 1, dsc-100'] <
                     0.9 * found['routing only'],
                     'a longer program lowers the rate: routing, firewall, firewall twice')
    checks.end()


main()
