import assert from 'node:assert/strict';
import { heldFor } from '../../../api/kinds/storage/match.ts';
import { SELECTED_NODE } from '../../../api/kinds/storage/names.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../api/types.ts';
import { aClassOf, aFreeVolume, aNamedNode, anOpenClaim, storageOf } from '../test-storage.ts';
import { type OpenClaim, openClaims, planVolumes } from './plan.ts';

const A = aNamedNode('a', { zone: 'z1' });

/** `x=v` for a claim that takes a volume, `x` for one whose volume is made. */
function planned(claims: readonly PersistentVolumeClaim[], volumes: readonly PersistentVolume[]) {
  const plan = planVolumes(openClaims(claims, storageOf(claims, volumes)), A, volumes);
  if (!plan) return undefined;
  const takes = plan.takes.map(({ claim, volume }) => `${claim.metadata.name}=${volume.metadata.name}`);
  return [...takes, ...plan.makes.map(({ metadata }) => metadata.name)];
}

describe('the volumes of a pod on a node', () => {
  const [x, y] = [anOpenClaim('x'), anOpenClaim('y')];
  const chosen = (name: string, className: string, node: string) =>
    anOpenClaim(name, { className, annotations: { [SELECTED_NODE]: node } });
  const cases: [
    what: string,
    claims: PersistentVolumeClaim[],
    volumes: PersistentVolume[],
    expected: string[] | undefined,
  ][] = [
    ['are one for each claim', [x, y], [aFreeVolume('v'), aFreeVolume('w')], ['x=v', 'y=w']],
    ['are none when one would have to do for two claims', [x, y], [aFreeVolume('v')], undefined],
    [
      'leave the large one to the large claim',
      [anOpenClaim('large', { storage: '5Gi' }), x],
      [aFreeVolume('big', { storage: '5Gi' }), aFreeVolume('small')],
      ['x=small', 'large=big'],
    ],
    ['are none that only another node reaches', [x], [aFreeVolume('v', { node: 'b' })], undefined],
    ['are those that are kept for the claims', [x], [heldFor(aFreeVolume('v'), x)], []],
    [
      'are nowhere but where one is kept',
      [x],
      [heldFor(aFreeVolume('v', { node: 'b' }), x), aFreeVolume('w')],
      undefined,
    ],
    ['are made where there are none', [anOpenClaim('x', { className: 'made' })], [], ['x']],
    ['are made once the node is told', [chosen('x', 'made', 'a')], [], []],
    ['are made on no other node than the one told', [chosen('x', 'made', 'b')], [], undefined],
    [
      'are looked for though a node was told that can make none',
      [chosen('x', 'static', 'b')],
      [aFreeVolume('v')],
      ['x=v'],
    ],
  ];
  for (const [what, claims, volumes, expected] of cases) {
    it(what, () => assert.deepEqual(planned(claims, volumes), expected));
  }

  it('are made only where the class allows it', () => {
    const claim = anOpenClaim('x', { className: 'made' });
    const maker = aClassOf('made');
    assert.ok(maker);
    const inZone = (zone: string): OpenClaim => {
      const allowedTopologies = [{ matchLabelExpressions: [{ key: 'zone', values: [zone] }] }];
      return { claim, held: undefined, maker: { ...maker, allowedTopologies } };
    };
    assert.ok(planVolumes([inZone('z1')], A, []));
    assert.equal(planVolumes([inZone('z2')], A, []), undefined);
  });
});
