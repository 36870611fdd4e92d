# labels: law
# needs: h5py
"""Devices at one root complex and behind a switch: shares, ways, and what is refused."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'system'))
from support import Checks, SCENARIOS, run, snsim  # noqa: E402

checks = Checks()
SWITCH = SCENARIOS / 'pcie-switch.yaml'
ONE = ('peer.access.operation=read', 'peer.access.outstanding=1', 'own.start=900 ms')
ROOT = 143e-9     # of the host's profile, each way
LINK = 60e-9      # each link
SW = 100e-9       # the switch
AT_ROOT = ('host0.card.slot.behind=""', 'host0.gpu0.slot.behind=""', 'host0.switches=[]')


def switch(*changes, scenario=SWITCH):
    done = run(scenario, *changes, exits=(0,))
    checks.check(done.audit['ok'], f'audit of {" ".join(changes)}: {done.audit["failed"]}')
    return done


def ways_of_a_peer_read():
    turned = switch(*ONE)['peer.latency.p50']
    redirected = switch(*ONE, 'host0.sw0.acs=true')['peer.latency.p50']
    # There and back, each way: up a link more, the root complex twice, down a link and the switch.
    # What the root complex stores, a request of 24 B and an answer of 276 B, takes 8 lanes again.
    lines = (24 + 276) * 8 / (8 * 8e9 * 128 / 130)
    checks.near('what the way by the root complex takes more',
                2 * (2 * LINK + SW + 2 * ROOT) + lines, redirected - turned, 0.01)
    stored = switch(*ONE, 'host0.sw0.forwarding=store-and-forward')['peer.latency.p50']
    checks.check(stored > turned, 'storing takes time')


def what_is_refused():
    iommu = 'host0.iommu.enabled=true'
    reads = ('peer.access.operation=read',)
    passed = switch(*reads, 'host0.sw0.acs=true', iommu)
    checks.check(passed['peer.goodput'] > 1e9 and 'faults.refused' not in passed.metrics,
                 'what is mapped is passed on')
    refused = switch(*reads, 'host0.sw0.acs=true', iommu, 'peer.access.mapped=false')
    checks.equal('what is not mapped brings no data', 0, refused['peer.goodput'])
    rows = refused.table('faults')
    checks.check([row['fault'] for row in rows] == ['dma_read'] and
                 [row['interface'] for row in rows] == ['host0.gpu0'] and
                 rows[0]['count'] > 1000, f'and is counted: {rows}')
    turned = switch(*reads, iommu, 'peer.access.mapped=false')
    checks.check(turned['peer.goodput'] > 1e9, 'what turns in the switch passes the IOMMU by')
    never = switch('host0.sw0.acs=true', 'host0.root.peer_to_peer=false', *reads)
    checks.equal('a root complex that passes nothing on', 0, never['peer.goodput'])
    checks.equal('counts it', ['peer_to_peer'], [row['fault'] for row in never.table('faults')])
    writes = switch('host0.sw0.acs=true', 'host0.root.peer_to_peer=false')
    checks.check(writes.table('faults')[0]['count'] > 1000, 'writes likewise')


def several_devices_at_one_root():
    alone = switch(*AT_ROOT, 'peer.start=900 ms')['own.goodput']
    both = switch(*AT_ROOT)
    checks.near('links of their own do not share', alone, both['own.goodput'], 0.005)
    # A window of its own in host memory in place of the card's.
    shared = switch(*AT_ROOT, 'peer.to=host0.memory')
    checks.near('nor does memory without a limit', alone, shared['own.goodput'], 0.005)
    confined = switch(*AT_ROOT, 'peer.to=host0.memory', 'host0.iommu.enabled=true',
                      'peer.access.mapped=false', 'peer.access.operation=read')
    checks.equal('domains are apart: the one without rights', 0, confined['peer.goodput'])
    checks.near('and the one with them', alone, confined['own.goodput'], 0.02)


def a_link_up_that_both_need():
    narrow = ('peer.to=host0.memory', 'host0.sw0.pcie.lanes=4',
              'host0.gpu0.dma.outstanding=1024', 'own.access.size=256 B')
    even = switch(*narrow)
    checks.near('both get the same', even['own.goodput'], even['peer.goodput'], 0.01)
    checks.equal('the limit', 'host0.sw0.pcie.up lanes', even.limit)
    checks.check(even['sw0.pcie.up.utilisation'] > 0.99, 'it is full')
    weighted = switch(*narrow, 'host0.gpu0.slot.weight=3')
    checks.near('by weight', 3, weighted['peer.goodput'] / weighted['own.goodput'], 0.02)


def same_whatever_the_settings_of_the_simulator():
    for changes in (('own.access.size=1500 B',),
                    ('host0.sw0.acs=true', 'peer.access.operation=read-write'),
                    (*AT_ROOT, 'peer.to=host0.memory')):
        a = switch(*changes)
        b = switch(*changes, 'sim.run_ahead=false', 'sim.batch=1')
        same = [{name: value for name, value in done.metrics.items()
                 if name == 'sim.events' or not name.startswith('sim.')} for done in (a, b)]
        checks.check(same[0] == same[1], f'{" ".join(changes)}: all metrics without run-ahead')


def a_card_behind_a_switch_serves_its_host():
    behind = ('host0.switches=[{name: sw0}]', 'host0.card.slot.behind=sw0')
    for name in ('dsc100-to-host', 'host-to-wire', 'interrupt-moderation'):
        near = switch('windows.measure=300 us', scenario=SCENARIOS / f'{name}.yaml')
        far = switch('windows.measure=300 us', *behind, scenario=SCENARIOS / f'{name}.yaml')
        checks.near(f'{name}: as many frames', near['frames.delivered'], far['frames.delivered'],
                    0.02)
        checks.check(far['latency.mean'] > near['latency.mean'] + SW,
                     f'{name}: later by the switch at least')
    hostile = switch(*behind, scenario=SCENARIOS / 'hostile-guest.yaml')
    checks.check(hostile['faults.refused'] > 0, 'what a guest must not is refused there as well')


def a_card_beside_another_device_serves_its_host():
    beside = ('host0.devices=[{name: gpu0}]',)
    for name in ('dsc100-to-host', 'host-to-wire', 'hostile-guest'):
        alone = switch('windows.measure=300 us', scenario=SCENARIOS / f'{name}.yaml')
        done = switch('windows.measure=300 us', *beside, scenario=SCENARIOS / f'{name}.yaml')
        for metric in ('frames.delivered', 'frames.dropped', 'latency.mean', 'latency.p99'):
            checks.near(f'{name}: {metric}', alone[metric], done[metric], 0.01)
        checks.equal(f'{name}: what is refused', alone.metrics.get('faults.refused'),
                     done.metrics.get('faults.refused'))


def memory_carries_what_its_channels_do():
    cold = (*AT_ROOT, 'peer.to=host0.memory', 'peer.access.operation=read',
            'peer.access.window=64 MiB', 'own.access.window=64 MiB', 'peer.access.cache=cold',
            'own.access.operation=read', 'own.access.cache=cold')
    free = switch(*cold)
    most = 40e9
    done = switch(*cold, 'host0.memory.bandwidth=40 Gb/s')
    checks.check(free['goodput'] > 1.5 * most, 'without a limit the devices read more')
    checks.near('together they read what memory carries', most, done['goodput'], 0.01)
    checks.equal('which is the limit', 'host0.memory bandwidth', done.limit)


def what_makes_no_sense_is_said():
    for changes, words in (
            (('host0.card.slot.behind=sw1',), "no switch 'sw1'; did you mean 'sw0'"),
            (('host0.gpu0.pcie.mps=128 B',), 'mps, address and ecrc'),
            (('host0.switches.1={name: gpu0}',), "the name 'gpu0' is taken"),
            (('host0.switches.1={name: sw1}',), 'no device is behind it'),
            (('peer.to=host0.gpu0.bar',), 'without the bus'),
            (('peer.access.window=64 MiB',), 'is more than host0.card.bar has'),
            (('peer.access.cache=cold',), 'has no effect on accesses to a device'),
            (('peer.access.mapped=false',), 'has no effect without host0.iommu.enabled'),
            (('host0.sw0.pcie.credits.posted_data=1',), "advertise its 'credits'"),
            (('host0.devices=[]', 'traffic=[]', 'host0.card.bar.size=1 MiB'),
             "has no effect without other 'devices'"),
            (('host0.card.pcie.replay_buffer=512 B', 'host0.card.pcie.dll=guideline'),
             'has no effect with')):
        words_given = [word for change in changes for word in ('--set', change)]
        done = snsim('check', SWITCH, *words_given)
        checks.check(done.returncode == 2 and words in done.stderr,
                     f'{" ".join(changes)}: {done.stderr.strip()}')


def main():
    for check in (ways_of_a_peer_read, what_is_refused, several_devices_at_one_root,
                  a_link_up_that_both_need, same_whatever_the_settings_of_the_simulator,
                  a_card_behind_a_switch_serves_its_host,
                  a_card_beside_another_device_serves_its_host, memory_carries_what_its_channels_do,
                  what_makes_no_sense_is_said):
        checks.attempt(check.__name__, check)
    checks.end()


main()
