# labels: golden
# needs: h5py h5diff
"""Equal runs give equal files: whatever the batch size, run-ahead, instruction set or observer."""
import sys

from support import Checks, ROOT, SCENARIOS, call, run, scenario, scratch

checks = Checks()


def same(what, a, b):
    """h5diff prints nothing and exits 0, and h5same agrees."""
    diff = call('h5diff', '--exclude-path', '/provenance', a.path, b.path)
    good = checks.check(diff.returncode == 0 and not diff.stdout + diff.stderr,
                        f'{what}: h5diff finds nothing')
    mine = call(sys.executable, ROOT / 'scripts/h5same', a.path, b.path)
    good &= checks.check(mine.returncode == 0 and not mine.stdout + mine.stderr,
                         f'{what}: h5same finds nothing')
    if not good:
        print((diff.stdout + diff.stderr)[:600] + (mine.stdout + mine.stderr)[:1500])


def scenarios():
    """(name, file, changes): all that come with snsim, and what forces ties and overload."""
    short = {'quickstart': ('windows.measure=1 ms',),
             'capture-replay': ('windows.measure=2 ms', 'record.pcap=[]')}
    for file in sorted(SCENARIOS.glob('*.yaml')):
        yield file.stem, file, short.get(file.stem, ('windows.warmup=150 us',
                                                     'windows.measure=200 us',
                                                     'windows.drain=120 us'))
    sends = SCENARIOS / 'host-to-wire.yaml'
    for what, *changes in (('kernel', 'driver=interrupt', 'queues=2'),
                           ('polling', 'driver=poll', 'queues=2', 'ring=64')):
        yield (f'sending by {what}', sends,
               (*(f'host0.vnic0.{change}' for change in changes), 'servers.frame_size=256 B',
                'windows.measure=200 us'))
    yield ('requests and responses beside another class', SCENARIOS / 'interrupt-moderation.yaml',
           ('clients.window=1 KiB', 'clients.rate=50 %', 'host0.vnic0.application=reply',
            'traffic.1={name: other, from: host0.wire0, to: host0.wire1, rate: 20 %}',
            'windows.measure=300 us'))
    short = ('windows.warmup=100 us', 'windows.measure=200 us', 'record.frames=1/10')
    yield ('ties: equal frames at equal times on both ports', scenario('ties', ports=2),
           short)
    yield ('ties below the limit', scenario('ties-low', size='1518 B', ports=2),
           short + ('east.rate=4 Mpps', 'west.rate=4 Mpps'))
    yield ('ties: two classes on one wire, both ports to one',
           scenario('ties-tm', size='512 B', ports=2, more=(
               '  - {name: north, from: host0.wire0, to: host0.wire0, frame_size: 512 B, '
               'rate: 50 %, arrival: constant, flows: 1000}\n')),
           short + ('west.to=host0.wire1', 'east.rate=50 %'))
    slow = ('host0.card.asic.memory.channels=2', 'host0.card.asic.memory.access_time=30 ns',
            'host0.card.asic.memory.cache=64 KiB', 'east.flows.count=20000', 'east.churn=500 k/s',
            'west.churn=500 k/s', 'east.arrival=poisson', 'west.ip=v6',
            'west.frame_size=[100 B, 293 B, 1518 B]')
    yield ('overload of memory, churn, both IP versions',
           scenario('churn', ('firewall strict: false', 'firewall', 'routing'), size='imix',
                    ports=2), short + slow)


    both = ('routes=[{generate: 200, to: host0.wire1}, {generate: 50, to: host0.wire1, ip: v6}]',
            'west.from=host0.wire0', 'west.to=host0.wire1', 'west.ip=v6', 'west.frame_size=128 B',
            'windows.warmup=0 us', 'windows.measure=100 us', 'windows.drain=50 us',
            'east.rate=2 %', 'west.rate=2 %')
    for contexts in (1, 2, 3):
        # IPv6 is looked up in SRAM, without an item: such frames overtake nobody all the same.
        yield (f'{contexts} contexts, both IP versions',
               scenario('few', ('routing',), ports=2),
               (*both, f'host0.card.asic.ingress.contexts={contexts}'))
    yield ('memory so slow that the run ends with frames inside',
           scenario('slow', ('routing memory: dram',), ports=2),
           (*both, 'host0.card.asic.memory.dram_latency=30 us', 'record.interval=100 ns'))
    yield ('two hosts, warm-up by itself', two_hosts(), ('windows.warmup=auto',))
    yield ('windows beside senders, more than the card takes', crowded_host(), ())


def crowded_host():
    path = scratch() / 'crowded.yaml'
    path.write_text("""name: crowded
windows: {warmup: 10 us, measure: 5 ms, drain: 100 us}
hosts:
  - name: host0
    profile: xeon-6128
    card: {profile: plain-100g}
    interfaces:
      - {name: vnic0, driver: interrupt, application_core: 1, lro: true, vlan: 5, queues: 2}
      - {name: vnic1, driver: poll, core: 2, lro: true}
      - {name: vnic2, driver: sink, lro: true, vlan: 9}
traffic:
  - {name: a, from: host0.wire0, to: host0.vnic0, frame_size: 1518 B, rate: 20 %, protocol: tcp, flows: 8,
     window: 1 MiB}
  - {name: b, from: host0.wire0, to: host0.vnic1, frame_size: 1518 B, rate: 20 %, protocol: tcp, flows: 8,
     window: 1 MiB, ip: v6}
  - {name: c, from: host0.wire0, to: host0.vnic2, frame_size: imix, rate: 20 %, protocol: tcp, flows: 8}
  - {name: d, from: host0.vnic0, to: host0.wire0, frame_size: [590 B, 1518 B], rate: 20 %, protocol: tcp, flows: 8}
  - {name: e, from: host0.vnic2, to: host0.wire0, frame_size: 1518 B, rate: 100 %, protocol: tcp, flows: 2}
events:
  - {at: 2 ms, action: detach, target: host0.vnic0}
  - {at: 2500 us, action: attach, target: host0.vnic0}
  - {at: 3 ms, action: set, target: host0.vnic1.queues, to: 3}
  - {at: 3500 us, action: detach, target: host0.vnic2}
  - {at: 4 ms, action: attach, target: host0.vnic2}
""")
    return path


def two_hosts():
    path = scratch() / 'two.yaml'
    path.write_text("""name: two
windows: {measure: 100 us, drain: 50 us}
hosts:
  - name: host0
    card: {profile: dsc-100}
  - name: host1
    card: {profile: dsc-25}
functions:
  - {name: fw, kind: firewall, where: asic, at: host0.card}
  - {name: r0, kind: routing, where: asic, at: host0.card}
  - {name: r1, kind: routing, where: asic, at: host1.card}
traffic:
  - {name: east, from: host0.wire0, to: host0.wire1, frame_size: 64 B, rate: 60 %, flows: 2000}
  - {name: west, from: host0.wire1, to: host0.wire0, frame_size: imix, rate: 60 %, flows: 1000}
  - {name: other, from: host1.wire0, to: host1.wire1, frame_size: imix, rate: 100 %, flows: 100}
record: {interval: 300 ns}
""")
    return path


def settings(name, file, changes):
    """One scenario under all settings that must not matter."""
    base = run(file, *changes, name='base')
    # Where nothing but accesses to memory go on there are no frames.
    counts = [f"{base[f'frames.{what}']:.0f} frames {what}" for what in ('offered', 'lost')
              if f'frames.{what}' in base.metrics]
    print(f"{name}: {', '.join(counts) or 'no frames'}, audit {base.audit['failed'] or 'holds'}")
    ends = base['rate.delivered'] + base.metrics.get('frames.dropped', 0) - base.metrics.get(
        'frames.lost', 0)
    checks.check(ends > 0, f'{name}: something passes, or is dropped as asked for')
    checks.check(base.audit['ok'], f'{name}: the audit holds')
    ways = [('batch 1', ('sim.batch=1',), {}), ('batch 7', ('sim.batch=7',), {}),
            ('batch 32, said', ('sim.batch=32',), {}),
            ('no run-ahead', ('sim.run_ahead=false',), {}),
            ('no run-ahead, batch 1', ('sim.run_ahead=false', 'sim.batch=1'), {}),
            ('no FMA, no AVX2', (), {'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-FMA,-AVX2'})]
    for way, more, environment in ways:
        same(f'{name}: {way}', base, run(file, *changes, *more, name='other', **environment))


def seeds():
    """The same seed gives the same file, another one another."""
    file = SCENARIOS / 'quickstart.yaml'
    changes = ('windows.measure=1 ms',)
    runs = [run(file, *changes, name=f'seed{i}', seed=seed) for i, seed in enumerate((7, 7, 8))]
    same('seed 7 twice', runs[0], runs[1])
    checks.check(runs[0].metrics['latency.mean'] != runs[2].metrics['latency.mean'] and
                 runs[0].metrics['frames.offered'] != runs[2].metrics['frames.offered'],
                 'seed 8 gives other traffic than seed 7')
    differ = call(sys.executable, ROOT / 'scripts/h5same', runs[0].path, runs[2].path)
    checks.equal('h5same of seeds 7 and 8 exits', 1, differ.returncode)


def observing():
    """What is recorded changes no result."""
    file = SCENARIOS / 'quickstart.yaml'
    ports = '[host0.card.asic.port0, host0.card.asic.port1]'
    changes = ('windows.measure=500 us',)
    ways = {'nothing': ('record.frames=none',), 'every frame': ('record.frames=1/1',),
            'captures': ('record.frames=none', f'record.pcap={ports}'),
            'every frame and captures': ('record.frames=1/1', f'record.pcap={ports}')}
    summaries = {}
    for way, more in ways.items():
        done = run(file, *changes, *more, pcap='pcap')
        summaries[way] = ({name: value for name, value in done.metrics.items()
                           if name not in ('sim.wall_time', 'sim.setup_time',
                                           'sim.frames_per_wall_second',
                                           'sim.memory.peak')},
                          done.table('summary'), done.table('stations'), done.table('power'),
                          done.table('drops'), done.bottleneck, done.audit)
    for way in list(ways)[1:]:
        checks.check(summaries[way] == summaries['nothing'],
                     f'recording {way} gives the summary, stations, power and drops of recording '
                     'nothing')


def main():
    for case in scenarios():
        checks.attempt(case[0], settings, *case)
    checks.attempt('seeds', seeds)
    checks.attempt('observing', observing)
    checks.end()


main()
