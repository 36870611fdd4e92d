# labels: golden
# needs: h5py
"""The layout of the results file of scenarios/quickstart.yaml is the committed one.

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


def attribute(owner, name):
    attributes = h5py.h5a.open(owner.id, name.encode())
    if name in ('DIMENSION_LIST', 'REFERENCE_LIST', 'CLASS', 'NAME'):  # of dimension scales
        return f'  @{name}'
    return f'  @{name}: {type_name(attributes.dtype)}{"[]" * len(attributes.shape)}'


def texts(owner, name):
    return [value.decode() for value in owner.attrs[name]]


def layout(file):
    """Lines that describe every object of a file."""
    lines = ['/'] + [attribute(file, name) for name in sorted(file.attrs)]

    def visit(path, thing):
        lines.append(f'/{path}')
        if isinstance(thing, h5py.Group):
            lines.extend(attribute(thing, name) for name in sorted(thing.attrs))
            return
        if thing.dtype.names:
            columns = list(thing.dtype.names)
            assert texts(thing, 'columns') == columns, f'/{path}: columns are not the fields'
            for column, unit, text in zip(columns, texts(thing, 'units'),
                                          texts(thing, 'descriptions')):
                lines.append(f'  {column}: {type_name(thing.dtype[column])} [{unit}] {text}')
        else:
            unit = thing.attrs.get('unit', b'').decode()
            lines.append(f'  {type_name(thing.dtype)}{"[]" * len(thing.shape)} [{unit}]')
        lines.extend(attribute(thing, name) for name in sorted(thing.attrs))

    file.visititems(visit)
    return [line + '\n' for line in lines]


def main():
    with h5py.File(run(SCENARIOS / 'quickstart.yaml').path, 'r') as file:
        found = layout(file)
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
