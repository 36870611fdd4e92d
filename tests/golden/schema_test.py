# labels: golden
# needs: h5py
"""The layout of the results file is the committed one, for scenarios/quickstart.yaml.

Readers rely on paths, columns, types and units: quickstart_schema.txt lists them, without values
and without what follows from them (numbers of rows, lengths of texts). After a change that is
meant: `tests/golden/schema_test.py --update`, and a word under Unreleased in CHANGELOG.md.
"""
import difflib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'system'))
# pylint: disable=wrong-import-position
import h5py

from support import SCENARIOS, run

GOLDEN = pathlib.Path(__file__).resolve().with_name('quickstart_schema.txt')


def type_name(dtype):
    """'text' for texts of any length; numbers exactly."""
    if dtype.kind in 'SO':
        return 'text'
    return dtype.str if dtype.kind != 'b' else 'bool'


def texts(owner, name):
    return [value.decode() for value in owner.attrs[name]]


def attributes(owner, known=()):
    """A line for each attribute that the object's own line does not show."""
    for name in sorted(set(owner.attrs) - set(known)):
        stored = h5py.h5a.open(owner.id, name.encode())
        yield f'  @{name}: {type_name(stored.dtype)}{"[]" * len(stored.shape)}'


def table(path, thing):
    yield f'{path}: {thing.attrs["description"].decode()}'
    columns = list(thing.dtype.names)
    assert len(thing.shape) == 1 and texts(thing, 'columns') == columns, f'{path}: columns'
    for column, unit, text in zip(columns, texts(thing, 'units'), texts(thing, 'descriptions')):
        yield f'  {column}: {type_name(thing.dtype[column])} [{unit}] {text}'
    yield from attributes(thing, ('columns', 'units', 'description', 'descriptions'))


def series(path, thing):
    scale = ''
    if 'DIMENSION_LIST' in thing.attrs:
        scale = f' over {thing.dims[0][0].name}'
    yield (f'{path}: {type_name(thing.dtype)}{"[]" * len(thing.shape)} '
           f'[{thing.attrs["unit"].decode()}] {thing.attrs.get("description", b"").decode()}{scale}')
    yield from attributes(thing, ('unit', 'description', 'DIMENSION_LIST', 'REFERENCE_LIST',
                                  'CLASS', 'NAME'))


def layout(file):
    """Lines that describe every object of a file."""
    lines = ['/', *attributes(file)]

    def visit(path, thing):
        path = '/' + path
        if isinstance(thing, h5py.Group):
            if path.startswith('/series') or path == '/latency':
                assert not thing.attrs, f'{path} has attributes'
            else:
                lines.extend([path, *attributes(thing)])
        else:
            lines.extend((table if thing.dtype.names else series)(path, thing))

    file.visititems(visit)
    return [line + '\n' for line in lines]


def both_layouts():
    """All of the quickstart, and what it has no rows for from a card that drops frames."""
    with h5py.File(run(SCENARIOS / 'quickstart.yaml').path, 'r') as file:
        lines = layout(file)
    done = run(SCENARIOS / 'dsc100-line-rate.yaml', 'windows.warmup=100 us',
               'windows.measure=100 us')
    with h5py.File(done.path, 'r') as file:
        if '/drops' not in {line.split(':')[0] for line in lines}:
            lines.extend(line + '\n' for line in table('/drops', file['drops']))
    return lines


def main():
    found = both_layouts()
    if sys.argv[1:] == ['--update']:
        GOLDEN.write_text(''.join(found))
        print(f'wrote {GOLDEN}')
        return
    differences = list(difflib.unified_diff(GOLDEN.read_text().splitlines(keepends=True), found,
                                            GOLDEN.name, 'found'))
    print(f'{sum(line.startswith("/") for line in found)} objects of the results file compared with '
          f'{GOLDEN.name}: {"differ" if differences else "the same"}')
    sys.stdout.writelines(differences)
    sys.exit(1 if differences else 0)


main()
