import assert from 'node:assert/strict';
import type { Node, StorageClass } from '../../types.ts';
import { isAllowedOn, topologyCauses } from './topology.ts';

type Terms = NonNullable<StorageClass['allowedTopologies']>;

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'a', labels: { zone: 'z1', disk: 'ssd' } },
  spec: {},
};

function inZone(...values: string[]): Terms[number] {
  return { matchLabelExpressions: [{ key: 'zone', values }] };
}

function isAllowed(allowedTopologies?: Terms): boolean {
  const about = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'c' } } as const;
  return isAllowedOn({ ...about, provisioner: 'a/b', ...(allowedTopologies ? { allowedTopologies } : {}) }, NODE);
}

describe('the topologies of a class', () => {
  const both = (disk: string): Terms[number] => ({
    matchLabelExpressions: [
      { key: 'zone', values: ['z1'] },
      { key: 'disk', values: [disk] },
    ],
  });
  const cases: [what: string, terms: Terms | undefined, isAllowed: boolean][] = [
    ['allow all nodes when there are none', undefined, true],
    ['allow all nodes when the list is empty', [], true],
    ['allow a node that one of them names', [inZone('z2'), inZone('z3', 'z1')], true],
    ['do not allow one that none of them names', [inZone('z2')], false],
    ['do not allow one by a term without expressions', [{}, { matchLabelExpressions: [] }], false],
    ['ask for all labels of a term', [both('hdd')], false],
    ['allow a node that has all labels of a term', [both('ssd')], true],
  ];
  for (const [what, terms, expected] of cases) it(what, () => assert.equal(isAllowed(terms), expected));

  it('must be right', () => {
    const told = (terms: Terms) => topologyCauses(terms, 't').map(({ field, message }) => `${field}: ${message}`);
    assert.deepEqual(told([inZone('z1'), inZone('z2'), both('ssd')]), []);
    assert.deepEqual(told([inZone()]), ['t[0].matchLabelExpressions[0].values: Required value']);
    assert.deepEqual(told([inZone('z1', 'z1')]), ['t[0].matchLabelExpressions[0].values[1]: Duplicate value: "z1"']);
    assert.deepEqual(told([inZone('z1', 'z2'), inZone('z2', 'z1')]), [
      't[1].matchLabelExpressions: Duplicate value: ""',
    ]);
    const twice = { key: 'zone', values: ['z1'] };
    assert.deepEqual(told([{ matchLabelExpressions: [twice, twice] }]), [
      't[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
    ]);
    assert.match(
      told([{ matchLabelExpressions: [{ key: 'a b', values: ['x'] }] }])[0] ?? '',
      /\[0\]\.key: Invalid value/,
    );
  });
});
