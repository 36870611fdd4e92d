# labels: accuracy
# needs: h5py
"""Power: within the data sheet's maximum everywhere, made of states and counted events, exactly.

Energies are whole femtojoules: what is compared for equality is compared exactly.
"""
import itertools
import re

from support import Checks, quantity, resolved, run, scenario

CARD = 'host0.card'
MAXIMUM = {'dsc-100': 36, 'dsc-25': 20}
FJ = 10**15
BOTH = ('firewall', 'routing')
DRAM = ('firewall memory: dram', 'routing memory: dram')  # every look-up by the cache
RULES = '[' + ', '.join(f'{{action: deny, protocol: udp, source_ports: {port}}}'
                        for port in range(1, 1001)) + ']'
PROGRAMS = {'firewall, routing': BOTH, 'tables in DRAM': DRAM, 'none': (), 'routing': ('routing',),
            'stateless firewall': ('firewall stateful: false',),
            'deny': ('firewall stateful: false, default_action: deny',),
            '1000 rules': (f'firewall stateful: false, rules: {RULES}', 'routing'),
            'firewall twice': ('firewall', 'firewall', 'routing')}
SHORT = ('windows.warmup=60 us', 'windows.measure=200 us', 'windows.drain=40 us')
checks = Checks()
worst = {card: {} for card in MAXIMUM}


def note(card, what, value, case):
    worst[card].setdefault(what, []).append((value, case))


def energies(done):
    """{block: (static, dynamic)} of the window in fJ, found to be whole and to agree."""
    window = quantity('200 us')
    blocks = {}
    for row in done.table('power'):
        static = round(row['static'] * 1000) * FJ // 1000 * window
        assert static.denominator == 1
        dynamic = row['energy'] - int(static)
        exact = dynamic / FJ / float(window)
        if abs(exact - row['dynamic']) > 1e-9 or abs(row['static'] + exact - row['mean']) > 1e-9:
            raise AssertionError(f"{row['path']}: {row['energy']} fJ are not {row['static']} W and "
                                 f"{row['dynamic']} W over {window} s")
        blocks[row['path']] = (int(static), dynamic)
    return blocks


def judge(card, case, done):
    """What must hold of every run; worst cases are kept."""
    blocks = energies(done)
    card_w, peak_w = done['power.card.mean'], done['power.card.peak']
    total = sum(map(sum, blocks.values()))
    exact = total / FJ / 200e-6
    if abs(exact / card_w - 1) > 1e-12:
        checks.check(False, f'{case}: the parts sum to {exact} W, the card is {card_w} W')
    if done.audit['failed']:
        checks.check(False, f"{case}: audit {done.audit['failed']}")
    share = sum(blocks[f'{CARD}.unattributed']) / total
    note(card, 'mean', card_w, case)
    note(card, 'peak', peak_w, case)
    note(card, 'unattributed', share, case)
    return blocks


def grid(card):
    """Sizes x loads x ports x programs, then churn and what uses the most at once."""
    sizes = ('64 B', '128 B', '293 B', '512 B', '1518 B', '9216 B', 'imix')
    for size, ports, (name, functions) in itertools.product(
            sizes, (1, 2), list(PROGRAMS.items())[:2]):
        yield f'{size} x {ports}, {name}', functions, size, ports, ()
    for size in ('64 B', '293 B', '512 B'):
        yield f'{size} x 2, firewall twice', PROGRAMS['firewall twice'], size, 2, ()
    # Short programs: the most frames, and the least work on each that has a price of its own.
    for name, size in itertools.product(('none', 'routing', 'stateless firewall'),
                                        ('64 B', '128 B', '200 B', '293 B', '512 B', '1518 B')):
        for ports in (1, 2):
            yield f'{size} x {ports}, {name}', PROGRAMS[name], size, ports, ()
    for load, size in itertools.product(('0 %', '25 %', '60 %'), ('64 B', '1518 B')):
        yield f'{size} x 2 at {load}', BOTH, size, 2, (f'east.rate={load}', f'west.rate={load}')
    # The crossover, where frames are at the engines' limit and bytes at the wire's.
    for size in ('256 B', '272 B', '288 B', '296 B', '304 B', '320 B'):
        yield f'{size} x 1', BOTH, size, 1, ()
        yield f'{size} x 2', BOTH, size, 2, ()
    flows = tuple(f'{way}.flows.count=200000' for way in ('east', 'west'))
    for size in ('64 B', '293 B', '304 B'):
        yield (f'{size} x 2, 400,000 flows in DRAM', DRAM, size, 2,
               flows + ('f0.capacity=1048576',))
    for churn in ('500 k/s', '3000 k/s'):
        for size in ('64 B', '293 B'):
            yield (f'{size} x 2, churn {churn}', DRAM, size, 2,
                   (f'east.churn={churn}', f'west.churn={churn}'))
    for size in ('128 B', '160 B', '293 B', '1518 B', '9216 B'):
        yield f'{size} x 2, IPv6', BOTH, size, 2, ('east.ip=v6', 'west.ip=v6')
    # Around the sizes at which a short program moves the most frames and bytes at once.
    for size, name in itertools.product(('120 B', '144 B', '152 B', '160 B', '176 B', '184 B'),
                                        ('none', 'stateless firewall', 'deny')):
        yield f'{size} x 2, {name}', PROGRAMS[name], size, 2, ()
    for size in ('64 B', '152 B', '293 B'):
        yield (f'{size} x 2 to one port, routing', PROGRAMS['routing'], size, 2,
               ('west.to=host0.wire1',))
        yield f'{size} x 2, 1000 rules', PROGRAMS['1000 rules'], size, 2, ()
        # A million connections at random: hardly a look-up finds its line in the cache.
        yield (f'{size} x 2, a million flows', DRAM, size, 2,
               ('east.flows.count=500000', 'west.flows.count=500000', 'f0.capacity=4194304'))
    yield '293 B x 2, Poisson', BOTH, '293 B', 2, ('east.arrival=poisson', 'west.arrival=poisson')


def whole_grid(card):
    for case, functions, size, ports, changes in grid(card):
        file = scenario(f'power-{card}-{len(functions)}-{size.split()[0]}-{ports}', functions, card,
                        size, ports)
        checks.attempt(case, lambda: judge(card, case, run(file, *SHORT, *changes)))
    for what, limit, unit in (('mean', MAXIMUM[card], 'W'), ('peak', MAXIMUM[card], 'W'),
                              ('unattributed', 0.35, 'of the card')):
        found = sorted(worst[card][what], reverse=True)
        print(f'     {card}: {what}: ' +
              '; '.join(f'{value:.3f} {case}' for value, case in found[:4]))
        value, case = found[0]
        checks.check(value <= limit, f'{card}: highest {what} of {len(worst[card][what])} runs: '
                     f'{value:.3f} {unit} ({case}), at most {limit}')


def full_load(card):
    """Ports at line rate: at least a quarter of the power comes from events."""
    for size, ports in itertools.chain((('64 B', 1),), itertools.product(
            ('64 B', '128 B', '300 B', '512 B', '1518 B', '9216 B'), (2,))):
        file = scenario(f'power-full-{card}-{ports}', BOTH, card, size, ports)
        blocks = energies(run(file, *SHORT))
        dynamic = sum(d for _, d in blocks.values())
        share = dynamic / sum(map(sum, blocks.values()))
        checks.check(share >= 0.25, f'{card}: {size} by {ports} ports: {share:.1%} of the power is '
                     'dynamic, at least 25 %')


def spans(pattern, stations):
    return {path: row for path, row in stations.items() if re.fullmatch(CARD + '.' + pattern, path)}


def priced_stations(done, values, frame_bytes):
    """{block: dynamic energy in fJ}, from what /stations says passed and the prices.

    For frames of one size and path that all enter and leave inside the window. Tables are where
    profiles put them: connections and routes in DRAM behind the cache, next hops in SRAM.
    """
    stations = done.by_path('stations')
    price = lambda key: int(quantity(values[f'{CARD}.power.{key}']) * FJ)
    visits = lambda path: sum(row['arrivals'] for row in spans(path, stations).values())
    clock = float(quantity(values[f'{CARD}.asic.clock']))

    def engine_cycles(pipeline):
        return sum(row['arrivals'] * round(row['mean_service'] * clock)
                   for row in spans(rf'asic\.{pipeline}\.stage\d+', stations).values())

    cell = int(quantity(values[f'{CARD}.asic.buffer.cell']))
    bus = frame_bytes - 4 + int(quantity(values[f'{CARD}.asic.ingress.internal_header']))
    on_bus = visits(r'asic\.ingress\.bus')
    look_ups = rf'asic\.ingress\.stage\d+\.lookup\.f\d\.'
    lines = visits(r'asic\.memory\.channel\d+')
    swept = lines - (2 if on_bus else 0)  # the first frame fetches connection and route
    return {
        'asic.port0': visits(r'asic\.port0\.rx') * frame_bytes * price('rx_byte'),
        'asic.port1': visits(r'asic\.port1\.tx') * frame_bytes * price('tx_byte'),
        'asic.buffer': visits(r'asic\.buffer') * -(-frame_bytes // cell) * cell *
                       price('buffer_byte'),
        'asic.parser': visits(r'asic\.parser') * (14 + 20 + 20) * price('parser_byte'),
        'asic.ingress': engine_cycles('ingress') * price('engine_cycle'),
        'asic.egress': engine_cycles('egress') * price('engine_cycle'),
        'asic.memory':
            (visits(look_ups + r'(connections|ipv4_routes)\d') + swept) * price('cache_access') +
            visits(look_ups + r'next_hops\d') * price('sram_access') +
            lines * price('dram_access'),
        'pcie': 0, 'arm': 0,
        'unattributed': on_bus * (price('unattributed_frame') + bus * price('unattributed_byte')),
    }


def idle_half_full(card):
    """States draw the same at every load; what is more is events, counted by the stations."""
    file = scenario(f'power-loads-{card}', BOTH, card, '512 B', 1)
    loads = {}
    for load in ('0 %', '50 %', '100 %'):
        changes = SHORT + (f'east.rate={load}', 'east.start=80 us', 'east.stop=240 us',
                           'east.flows.count=1')
        done = run(file, *changes)
        blocks = energies(done)
        checks.equal(f'{card}: at {load} frames lost or under way', 0,
                     done['frames.offered'] - done['frames.delivered'])
        counted = priced_stations(done, resolved(file, *changes), 512)
        for block, energy in counted.items():
            checks.equal(f'{card}: at {load}: {block}: dynamic energy and priced stations, fJ',
                         energy, blocks[f'{CARD}.{block}'][1])
        loads[load] = (blocks, counted, done['frames.offered'])
    idle, idle_counted, _ = loads['0 %']
    checks.equal(f'{card}: blocks that draw dynamic power when idle (the sweep of the tables)',
                 [f'{CARD}.asic.memory'], [path for path, (_, d) in idle.items() if d])
    for load in ('50 %', '100 %'):
        blocks, counted, frames = loads[load]
        checks.check(frames > 0 and all(blocks[path][0] == idle[path][0] for path in idle),
                     f'{card}: at {load} every block has the static energy of the idle card')
        checks.equal(f'{card}: energy at {load} above idle and events above idle, fJ',
                     sum(counted.values()) - sum(idle_counted.values()),
                     sum(map(sum, blocks.values())) - sum(map(sum, idle.values())))
    half, full = (sum(loads[load][1].values()) / loads[load][2] for load in ('50 %', '100 %'))
    checks.near(f'{card}: dynamic energy of a frame at half load', full, half, 0.01)


def counted_events(card):
    """Every event of a known number of frames, priced here: the same to the femtojoule."""
    file = scenario(f'power-events-{card}', ('firewall', 'routing'), card, '200 B', 1)
    changes = SHORT + ('east.rate=2 Mpps', 'east.start=80 us', 'east.stop=240 us',
                       'east.flows.count=1')
    done = run(file, *changes)
    blocks = energies(done)
    values = resolved(file, *changes)
    price = lambda key: int(quantity(values[f'{CARD}.power.{key}']) * FJ)
    frames = int(done['frames.offered'])
    checks.check(frames > 300 and done['frames.delivered'] == frames,
                 f'{card}: all of {frames} frames pass inside the window')
    cost = {key: int(values[f'{CARD}.asic.cost.{key}'])
            for key in ('dispatch', 'extract', 'lookup', 'compare', 'rewrite')}
    # Words, look-ups, comparisons and rewritten words of an established TCP connection over IPv4.
    forwarding = {'extract': 4, 'compare': 5, 'rewrite': 3}
    firewall = {'extract': 5, 'compare': 6, 'rewrite': 5, 'lookup': 1}
    routing = {'extract': 3, 'compare': 3, 'rewrite': 4, 'lookup': 2}
    egress = {'extract': 1, 'compare': 1, 'rewrite': 3}
    cycles = lambda *parts: sum(cost[op] * n for part in parts for op, n in part.items())
    stages = {pipeline: len([path for path in done.by_path('stations')
                             if re.fullmatch(rf'{CARD}.asic.{pipeline}.stage\d+', path)])
              for pipeline in ('ingress', 'egress')}
    cell = int(quantity(values[f'{CARD}.asic.buffer.cell']))
    bus = 200 - 4 + int(quantity(values[f'{CARD}.asic.ingress.internal_header']))
    each = {
        'asic.port0': 200 * price('rx_byte'),
        'asic.port1': 200 * price('tx_byte'),
        'asic.buffer': -(-200 // cell) * cell * price('buffer_byte'),
        'asic.parser': (14 + 20 + 20) * price('parser_byte'),
        'asic.ingress': (stages['ingress'] * cost['dispatch'] +
                         cycles(forwarding, firewall, routing)) * price('engine_cycle'),
        'asic.egress': (stages['egress'] * cost['dispatch'] +
                        cycles(egress)) * price('engine_cycle'),
        # Connection and route are found in the cache, the next hop in SRAM.
        'asic.memory': 2 * price('cache_access') + price('sram_access'),
        'pcie': 0, 'arm': 0,
        'unattributed': price('unattributed_frame') + bus * price('unattributed_byte'),
    }
    checks.equal(f'{card}: blocks', sorted(f'{CARD}.{block}' for block in each), sorted(blocks))
    lines = sum(row['arrivals']
                for row in spans(r'asic\.memory\.channel\d+', done.by_path('stations')).values())
    checks.check(42 <= lines <= 642, f'{card}: two lines are fetched and up to 16 swept every 5 us: '
                 f'{lines}')
    others = {'asic.memory': lines * price('dram_access') + (lines - 2) * price('cache_access')}
    for block, energy in each.items():
        checks.equal(f'{card}: {block}: dynamic energy of all events, fJ',
                     frames * energy + others.get(block, 0),
                     blocks.get(f'{CARD}.{block}', (0, 0))[1])


def main():
    for card in MAXIMUM:
        checks.attempt(f'{card}: counted events', counted_events, card)
        checks.attempt(f'{card}: idle, half and full', idle_half_full, card)
        checks.attempt(f'{card}: full load', full_load, card)
        checks.attempt(f'{card}: grid', whole_grid, card)
    checks.end()


main()
