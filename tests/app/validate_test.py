# labels: unit accuracy
# needs: h5py
"""`snsim validate` tells right from wrong: cheats, errors over budget, drift, wrong cases."""
import csv
import json
import os
import re
import subprocess
import unittest

import h5py

from program import ROOT, SNSIM, ScratchCase

FIGURES = """\
id,component,quantity,condition,value,unit,kind,source,seen,address
A-1,toy,rate,closed form,14.881,Mpps,standard,arithmetic,yes,
A-2,toy,wait,M/D/1 at 0.5,0.5,S,theory,closed form,no,
A-3,toy,several,two numbers,1;2,Mpps,measured,lab,yes,
A-4,toy,left out,nowhere,3,Mpps,measured,lab,yes,
A-5,toy,not modelled,nowhere,4,Mpps,measured,lab,yes,
"""
ROLES = """\
id,component,role,group,machine
A-1,toy,closed,A-1,m
A-2,toy,closed,A-2,m
A-3,toy,predict,A-3,m
A-4,toy,fit,A-4,m
A-5,toy,predict,A-5,m
"""
EXCLUDED = 'id,reason\nA-4,"nobody, it seems, knows what it was"\n'
BUDGETS = """\
budgets:
  - {component: toy, role: closed, worst: 2 %, reason: a toy}
  - {component: toy, role: predict, worst: 50 %, mean: 40 %, reason: a toy}
"""
RATES = ('{host0.card.asic.port0.rate: 10 Gb/s, host0.card.asic.port1.rate: 10 Gb/s, '
         'windows.warmup: 20 us, windows.drain: 20 us}')
WIRE = f"""\
  - name: wire
    scenario: wire-rate
    set: {RATES}
    rows: {{A-1: rate.delivered / 1 Mpps}}
"""
QUEUE = """\
  - name: queue
    kit: {service: constant, load: 0.5, count: 200000}
    rows: {A-2: wait.mean}
"""


class Validate(ScratchCase):
    def setUp(self):
        super().setUp()
        (self.here / 'cases').mkdir()
        self.write('measurements.csv', FIGURES)
        self.write('roles.csv', ROLES)
        self.write('excluded.csv', EXCLUDED)
        self.write('budgets.yaml', BUDGETS)
        self.write('base.csv', 'id,case,component,value\n')
        self.cases(WIRE + QUEUE)

    def write(self, name, text):
        (self.here / name).write_text(text, encoding='utf-8')

    def cases(self, text, curves=''):
        self.write('cases/toy.yaml', ('cases:\n' + text if text else '') + curves)

    def snsim(self, *words):
        words = [SNSIM, *words, '--reference', self.here, '--baseline', self.here / 'base.csv']
        return subprocess.run([str(word) for word in words], text=True, capture_output=True,
                              timeout=300, check=False, cwd=self.here,
                              env={**os.environ, 'SNSIM_HOME': str(ROOT)})

    def baseline(self):
        done = self.snsim('baseline', 'update', '--reason', 'the test begins')
        self.assertEqual(done.returncode, 0, done.stderr)

    def json(self, *words, code):
        done = self.snsim('validate', '--json', *words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def rows(self, found):
        return {row['id']: row for row in found['rows']}

    def refused(self, *expected):
        done = self.snsim('validate')
        self.assertEqual(done.returncode, 2, done.stdout)
        for text in expected:
            self.assertIn(text, done.stderr)

    # --- what is right

    def test_all_is_well_when_values_are_within_budget_and_as_before(self):
        self.baseline()
        found = self.json(code=0)
        self.assertTrue(found['ok'])
        self.assertEqual(found['figures'],
                         {'published': 5, 'bound': 2, 'excluded': 1, 'no_model': 2})
        self.assertEqual(found['no_model'], ['A-3', 'A-5'])
        rows = self.rows(found)
        self.assertLess(rows['A-1']['error'], 1e-3)
        self.assertGreater(rows['A-1']['events'], 0)
        self.assertGreaterEqual(rows['A-2']['events'], 200000)
        self.assertEqual(found['drift']['failed'], [])

    def test_equal_runs_give_equal_values_and_any_number_of_jobs_does(self):
        self.baseline()
        values = [[row['simulated'] for row in self.json('-j', jobs, code=0)['rows']]
                  for jobs in (1, 2)]
        self.assertEqual(*values)

    def test_the_results_file_holds_what_the_page_says(self):
        self.baseline()
        done = self.snsim('validate', '-o', self.here / 'v.h5')
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.here / 'v.h5') as file:
            rows = {row['row'].decode(): row for row in file['validate'][:]}
            self.assertEqual(set(rows), {'A-1', 'A-2'})
            self.assertEqual(rows['A-1']['role'], b'closed')
            self.assertTrue(rows['A-1']['ok'])
            self.assertEqual(len(file['drift']), 2)
        self.assertIn('closed', done.stdout)

    def test_a_glob_takes_only_some_cases(self):
        self.baseline()
        for glob in ('wire', 'toy/wi*', 'A-1'):
            self.assertEqual(set(self.rows(self.json('--case', glob, code=0))), {'A-1'})
        done = self.snsim('validate', '--case', 'wier')
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'wire'?", done.stderr)

    def test_a_row_that_is_a_list_is_bound_to_one_of_its_numbers(self):
        self.cases(WIRE + QUEUE + """\
  - {name: list, scenario: wire-rate, rows: {A-3: {is: rate.delivered / 100, value: 1}}}
""")
        self.assertLess(self.rows(self.json(code=1))['A-3']['error'], 0.5)

    def test_beyond_a_limit_is_an_error_and_below_it_none(self):
        limit = '{is: rate.delivered, value: %s, limit: true}'
        for value, error in ((200, 0), (100, 0.488)):
            self.cases(WIRE.replace('rows: {', 'rows: {A-3: ' + limit % value + ', '
                                    ).replace('10 Gb/s', '100 Gb/s'))
            self.assertAlmostEqual(self.rows(self.json(code=1))['A-3']['error'], error, 2)

    def test_a_value_is_compared_in_the_figures_unit(self):
        for unit, factor in (('Mpps', 1), ('kpps', 1e3), ('1/s', 1e6)):
            self.write('measurements.csv', FIGURES.replace('14.881,Mpps', f'{14.881 * factor},{unit}'))
            self.cases(WIRE.replace(' / 1 Mpps', ''))
            row = self.rows(self.json(code=1))['A-1']
            self.assertLess(row['error'], 1e-3, row)
            self.assertEqual(row['problem'], '')

    def test_what_is_recorded_can_be_judged_without_simulating(self):
        self.baseline()
        now, then = self.json(code=0), self.json('--recorded', code=0)
        for one, other in zip(now['rows'], then['rows']):
            self.assertAlmostEqual(one['error'], other['error'], places=6)
        self.assertEqual((then['trials'], then['figures']), (0, now['figures']))
        self.write('budgets.yaml', BUDGETS.replace('worst: 2 %', 'worst: 0.0001 %'))
        self.assertFalse(self.rows(self.json('--recorded', code=1))['A-2']['ok'])
        self.write('base.csv', 'id,case,component,value\n')
        self.assertIn('not in the baseline', self.rows(self.json('--recorded', code=1))['A-1']['problem'])

    # --- what is wrong

    def test_a_unit_that_is_not_the_figures_fails(self):
        for unit in ('Gpps', 'Gb/s', 'furlong', 's'):
            self.write('measurements.csv', FIGURES.replace('14.881,Mpps', f'14.881,{unit}'))
            for case in (WIRE, WIRE.replace(' / 1 Mpps', '')):
                self.cases(case)
                self.assertFalse(self.rows(self.json(code=1))['A-1']['ok'], (unit, case))
        self.write('measurements.csv', FIGURES)
        for value in ('rate.delivered / 1 kpps', 'throughput.l2', 'throughput.l2 / 1 Mb/s',
                      'rate.delivered / 1000000'):
            self.cases(WIRE.replace('rate.delivered / 1 Mpps', value))
            self.assertFalse(self.rows(self.json(code=1))['A-1']['ok'], value)
        self.cases(WIRE.replace('rate.delivered / 1 Mpps', 'rate.delivered + throughput.l2'))
        self.assertIn("'throughput.l2' is in bit/s, 'rate.delivered' is in 1/s",
                      self.rows(self.json(code=1))['A-1']['problem'])

    def test_what_cannot_be_set_is_refused_before_anything_runs(self):
        for words, why in {('--set', 'host0.card.asic.clok=1 GHz'): "did you mean 'clock'?",
                           ('--set', 'east.frame_size=7 B'): "'7 B' is no frame size",
                           ('--set', 'east.frame_size'): 'is not PATH=VALUE',
                           ('--set', 'east.flows=2', '--case', 'queue'): 'none of the cases has a',
                           ('--recorded', '--set', 'east.flows=2'): 'has no effect'}.items():
            done = self.snsim('validate', *words)
            self.assertEqual((done.returncode, done.stdout), (2, ''), done.stdout)
            self.assertIn(why, done.stderr)
        (self.here / 'base.csv').unlink()
        done = self.snsim('validate')
        self.assertEqual((done.returncode, done.stdout), (2, ''))
        self.assertIn('there is no baseline', done.stderr)

    def test_a_baseline_replaces_no_other_file(self):
        for name in ('base.csv', 'base.history.csv'):
            (self.here / 'base.csv').write_text('id,case,component,value\n')
            self.write(name, 'x,y\n1,2\n')
            done = self.snsim('baseline', 'update', '--reason', 'none')
            self.assertEqual(done.returncode, 2, done.stdout)
            self.assertEqual((self.here / name).read_text(), 'x,y\n1,2\n')

    def test_an_error_over_budget_fails(self):
        self.baseline()
        self.write('budgets.yaml', BUDGETS.replace('worst: 2 %', 'worst: 0.0001 %'))
        found = self.json(code=1)
        self.assertIn('over its budget', self.rows(found)['A-2']['problem'])

    def test_a_constant_in_place_of_a_simulated_value_is_found(self):
        for cheat in ('14.881 Mpps', '14.881 Mpps + 0 * rate.delivered',
                      'rate.delivered / rate.delivered * 14.881 Mpps'):
            self.cases(WIRE.replace('rate.delivered / 1 Mpps', cheat))
            row = self.rows(self.json(code=1))['A-1']
            self.assertIn('does not follow from what was simulated', row['problem'], cheat)

    def test_a_constant_times_metrics_that_move_together_is_found(self):
        for cheat, why in {
                '14.881 Mpps * rate.delivered / rate.offered': 'move together',
                '14.881 Mpps * max(0.5, rate.delivered / rate.offered)': 'move together',
                '0.0148825 * frames.offered / (rate.offered * 1 ns)': 'move together',
                '14881 * rate.offered / frames.offered': 'move together',
                '14.881 Mpps * frames.offered / (rate.offered * 1 ms)': 'move together',
                'rate.delivered * 0.2 + 11.9 Mpps': "brings in '11.9 Mpps'",
                'rate.delivered / 2 + rate.offered / 2': ''}.items():
            unit = '1' if cheat.startswith('0.01') else 'Mpps'
            self.write('measurements.csv', FIGURES.replace('14.881,Mpps', f'14.881,{unit}'))
            self.cases(WIRE.replace('rate.delivered / 1 Mpps', f'"{cheat}"'))
            row = self.rows(self.json(code=1))['A-1']
            self.assertIn(why, row['problem'], cheat)
            self.assertEqual(row['ok'], not why, cheat)

    def test_constants_may_be_given_with_a_reason_but_must_not_be_the_value(self):
        given = '{is: "%s", given: a reason}'
        for formula, ok in (('rate.delivered * 0.5 + 7.4405 Mpps', True),
                            ('14.881 Mpps * rate.delivered / rate.offered', False)):
            self.cases(WIRE.replace('rate.delivered / 1 Mpps', given % formula))
            self.assertEqual(self.rows(self.json(code=1))['A-1']['ok'], ok, formula)

    def test_rows_without_a_value_have_no_error_and_failed_ones_the_figures_unit(self):
        self.cases(WIRE.replace('rate.delivered / 1 Mpps', '14.9 Mpps * rate.delivered / rate.offered')
                   + QUEUE.replace('wait.mean', 'wait.maen'))
        self.assertAlmostEqual(self.rows(self.json(code=1))['A-1']['simulated'], 14.9, 1)
        summed, = self.json('--case', 'queue', code=1)['components']
        self.assertEqual((summed['rows'], summed['mean'], summed['ok']), (0, None, False))
        self.assertIn('simulated   1 of 2 figures', self.snsim('validate').stdout)

    def test_a_closed_form_without_an_event_of_the_simulator_is_found(self):
        # The offered rate is the traffic's own arithmetic; here no frame ever reaches the card.
        self.cases("""\
  - name: wire
    scenario: wire-rate
    set: {east.rate: 0 %}
    rows: {A-1: 14.881 Mpps * power.card.mean / power.card.peak + 0 * rate.delivered}
""")
        row = self.rows(self.json(code=1))['A-1']
        self.assertEqual(row['events'], 0)
        self.assertIn('compared with itself', row['problem'])

    def test_a_mean_whose_interval_misses_the_closed_form_is_found(self):
        self.write('measurements.csv', FIGURES.replace('0.5,0.5,S', '0.5,0.53,S'))
        row = self.rows(self.json('--case', 'queue', code=1))['A-2']
        self.assertIn('outside the interval', row['problem'])

    def test_drift_names_component_and_case(self):
        self.baseline()
        text = (self.here / 'base.csv').read_text()
        moved = re.sub(r'(?m)^(A-2,.*,)(.*)$', lambda m: m[1] + str(float(m[2]) * 1.02), text)
        self.write('base.csv', moved)
        done = self.snsim('validate')
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r'toy queue A-2: 0\.\d+ was 0\.\d+ \(-1\.96 %\)')
        self.assertNotIn('toy wire', done.stdout)

    def test_a_value_that_is_new_or_gone_fails_until_the_baseline_is_updated(self):
        self.cases(WIRE)
        self.baseline()
        self.cases(QUEUE)
        found = self.json(code=1)
        self.assertEqual({(d['id'], d['before'] is None, d['now'] is None)
                          for d in found['drift']['failed']},
                         {('A-2', True, False), ('A-1', False, True)})
        self.baseline()
        self.json(code=0)

    def test_the_history_of_the_baseline_is_kept(self):
        self.cases(WIRE)
        self.baseline()
        self.cases(WIRE + QUEUE)
        done = self.snsim('baseline', 'update', '--case', 'queue', '--reason', 'a queue, too')
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.here / 'base.history.csv', encoding='utf-8') as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row['reason'] for row in rows], ['the test begins', 'a queue, too'])
        self.assertEqual((rows[1]['changed'], rows[1]['added'], rows[1]['removed']),
                         ('0', '1', '0'))
        self.json(code=0)

    def test_an_update_without_a_reason_is_refused(self):
        done = self.snsim('baseline', 'update')
        self.assertEqual(done.returncode, 2)
        self.assertIn('--reason', done.stderr)

    def test_a_curve_that_jumps_or_turns_is_found(self):
        curve = f"""\
curves:
  - name: sizes
    scenario: wire-rate
    set: {RATES}
    along: east.frame_size
    points: {{64 B: {{A-1: rate.delivered / 1 Mpps}}}}
    between: [96 B, 128 B]
    value: rate.delivered
    shape: SHAPE
    jump: JUMP
"""
        for shape, jump, problem in (('falling', '50 %', ''), ('rising', '50 %', 'goes from'),
                                     ('any', '10 %', 'jumps from')):
            self.cases('', curve.replace('SHAPE', shape).replace('JUMP', jump))
            found = self.json(code=1)  # there is no baseline
            said = ''.join(c['problem'] for c in found['curves']['failed'])
            self.assertEqual(found['curves']['checked'], 1)
            self.assertIn(problem, said)
            self.assertEqual(bool(problem), bool(said))

    def test_a_run_that_is_refused_fails_with_its_message(self):
        self.cases(WIRE.replace('windows.warmup', 'windows.warmap'))
        found = self.json(code=1)
        self.assertIn("did you mean 'warmup'", found['failures'][0])

    def test_a_metric_that_is_not_there_is_named_with_the_nearest(self):
        self.cases(WIRE.replace('rate.delivered', 'rate.delivred'))
        row = self.rows(self.json(code=1))['A-1']
        self.assertIn("did you mean 'rate.delivered'?", row['problem'])

    def test_everything_wrong_with_cases_is_said_at_once_with_its_place(self):
        self.cases(WIRE + """\
  - {name: wire, scenario: wire-rate, rows: {A-2: latency.mean}}
  - {name: b, scenario: wire-rate, rows: {A-1: latency.mean}}
  - {name: c, scenario: wire-rate, rows: {A-4: latency.mean, A-9: latency.mean, A-3: 1}}
  - {name: d, kit: {servers: 0, lod: 1}, rows: {LAW-x: wait.mean}, sett: {}}
  - {name: e, kit: {load: 1.5}, rows: {LAW-y: {is: wait.mean, value: 1, from: here}}}
""")
        self.refused("toy.yaml:6:5: wire: this name is taken at", "bound by case 'wire' already",
                     'A-4: is excluded: nobody', "A-9: is not a published figure",
                     "the table says '1;2'", "did you mean 'load'?", "d.kit.servers",
                     "LAW-x: a law of our own", "unknown key; did you mean 'set'?",
                     'must be below 1 unless there is a capacity')

    def test_a_role_that_is_no_role_and_a_figure_without_one_are_refused(self):
        self.write('roles.csv', ROLES.replace('closed,A-1', 'closd,A-1'))
        self.refused("roles.csv:2:1: A-1: 'closd' is no role")
        self.write('roles.csv', ROLES.replace('A-5,toy,predict,A-5,m\n', ''))
        self.refused('does not name every figure')
        self.write('roles.csv', ROLES.replace('A-5,toy,predict,A-5,m', 'A-3,toy,fit,A-3,m'))
        self.refused('roles.csv:6:1: A-3: stands twice in the table')

    def test_seeds_and_limits_that_are_none_are_refused(self):
        self.cases(WIRE.replace('rows: {A-1: rate.delivered / 1 Mpps}', 'seed: abc\n    rows: {A-1: '
                                '{is: rate.delivered, limit: maybe}}'))
        self.refused("'abc' is no whole number", "'maybe' is neither true nor false")

    def test_figures_without_a_case_are_told_as_such(self):
        for figure, why in {'A-4': 'is excluded: nobody, it', 'A-5': 'nothing models it yet'}.items():
            done = self.snsim('validate', '--case', figure)
            self.assertEqual(done.returncode, 2)
            self.assertIn(why, done.stderr)

    def test_another_reference_is_not_compared_with_the_baseline_of_this_repository(self):
        words = [SNSIM, 'validate', '--reference', self.here]
        done = subprocess.run(words, text=True, capture_output=True, check=False, cwd=self.here,
                              env={**os.environ, 'SNSIM_HOME': str(ROOT)})
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('there is no baseline', done.stderr)

    def test_a_baseline_takes_failing_values_only_when_told(self):
        self.write('budgets.yaml', BUDGETS.replace('worst: 2 %', 'worst: 0.0001 %'))
        done = self.snsim('baseline', 'update', '--reason', 'hm')
        self.assertEqual(done.returncode, 1)
        self.assertIn('queue A-2: is over its budget', done.stderr)
        self.assertEqual((self.here / 'base.csv').read_text(), 'id,case,component,value\n')
        self.assertEqual(self.snsim('baseline', 'update', '--reason', ' ').returncode, 2)
        done = self.snsim('baseline', 'update', '--reason', 'hm', '--failing')
        self.assertEqual(done.returncode, 0, done.stderr)


class Repository(unittest.TestCase):
    """The figures, cases and baseline of this repository."""

    def test_the_baseline_holds_every_case(self):
        with open(ROOT / 'results/baseline/validate.csv', encoding='utf-8') as file:
            rows = list(csv.DictReader(file))
        self.assertGreater(len(rows), 70)
        keys = [(row['case'], row['id']) for row in rows]
        self.assertEqual(len(set(keys)), len(keys))

    def test_help_teaches(self):
        for command in ('validate', 'baseline'):
            done = subprocess.run([SNSIM, command, '--help'], text=True, capture_output=True,
                                  check=False)
            self.assertEqual(done.returncode, 0)
            self.assertIn('snsim ' + command, done.stdout)
            self.assertIn('--case', done.stdout)


if __name__ == '__main__':
    unittest.main()
