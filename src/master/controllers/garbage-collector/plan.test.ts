import assert from 'node:assert/strict';
import { OwnedWorld, ownedBy } from '../../../../test/lib/owned-world.ts';
import { NODE } from '../../../api/kinds/node.ts';
import type { KindDefinition } from '../../../api/registry.ts';
import type { OwnerReference } from '../../../api/types.ts';
import { type Action, plan } from './plan.ts';

const CLUSTER_WIDE = { kind: NODE as unknown as KindDefinition };
const blocking = (uid: string) => ownedBy(uid, { blockOwnerDeletion: true });

function textOf(action: Action): string {
  const { name } = action.node.object.metadata;
  switch (action.do) {
    case 'delete':
      return `delete ${name} ${action.policy}`;
    case 'setOwners':
      return `owners of ${name}: ${action.owners.map((owner) => owner.name).join()}`;
    case 'removeFinalizer':
      return `${name} loses ${action.finalizer}`;
    case 'report':
      return `report ${action.owner.name}`;
  }
}

const planned = (world: OwnedWorld, uid: string) => plan(world.graph, uid).map(textOf);

describe('the plan of the garbage collector', () => {
  const judged: [string, OwnerReference[], string[]][] = [
    ['leaves alone what nobody owns', [], []],
    ['leaves what its owner is there for', [ownedBy('owner')], []],
    ['deletes what no owner is left for', [ownedBy('gone'), ownedBy('lost')], ['delete x Background']],
    ['forgets the owners that are gone while one is left', [ownedBy('gone'), ownedBy('owner')], ['owners of x: owner']],
    ['takes a namesake with another uid for absent', [ownedBy('other', { name: 'owner' })], ['delete x Background']],
    ['takes a uid under another name for absent', [ownedBy('owner', { name: 'other' })], ['delete x Background']],
    ['judges no kind that is not served', [ownedBy('gone'), ownedBy('a', { apiVersion: 'acme.io/v1' })], []],
    ['knows owners outside namespaces', [ownedBy('node', { kind: 'Node' })], []],
    ['reports an owner elsewhere', [ownedBy('elsewhere')], ['report elsewhere', 'delete x Background']],
  ];
  for (const [title, owners, expected] of judged) {
    it(title, () => {
      const world = new OwnedWorld().add('owner').add('node', [], CLUSTER_WIDE);
      world.add('elsewhere', [], { namespace: 'other' }).add('x', owners);
      assert.deepEqual(planned(world, 'x'), expected);
    });
  }

  it('never deletes what is in no namespace over an owner that is in one', () => {
    const world = new OwnedWorld().add('owner').add('x', [ownedBy('owner'), ownedBy('gone')], CLUSTER_WIDE);
    assert.deepEqual(planned(world, 'x'), ['report owner']);
  });

  it('deletes children before their parent in the foreground', () => {
    const world = new OwnedWorld()
      .add('parent')
      .add('child', [blocking('parent')])
      .add('grandchild', [blocking('child')]);
    world.delete('parent', 'Foreground');
    assert.deepEqual(planned(world, 'parent'), []);
    assert.deepEqual(planned(world, 'child'), ['delete child Foreground']);
    world.delete('child', 'Foreground');
    assert.deepEqual(planned(world, 'child'), []);
    assert.deepEqual(planned(world, 'grandchild'), ['delete grandchild Background']);
    world.delete('grandchild', 'Background');
    assert.deepEqual(planned(world, 'child'), ['child loses foregroundDeletion']);
  });

  it('does not wait for children that do not block', () => {
    const world = new OwnedWorld().add('parent').add('child', [ownedBy('parent')]);
    world.delete('parent', 'Foreground');
    assert.deepEqual(planned(world, 'parent'), ['parent loses foregroundDeletion']);
    assert.deepEqual(planned(world, 'child'), ['delete child Background']);
  });

  it('does not wait in a circle', () => {
    const world = new OwnedWorld().add('a', [blocking('b')]).add('b', [blocking('a')]);
    world.delete('a', 'Foreground');
    assert.deepEqual(planned(world, 'b'), ['delete b Foreground']);
    world.delete('b', 'Foreground');
    assert.deepEqual(planned(world, 'a'), ['a loses foregroundDeletion']);
  });

  it('spares a child of two that has one parent left', () => {
    const world = new OwnedWorld()
      .add('one')
      .add('two')
      .add('child', [blocking('one'), blocking('two')]);
    world.delete('one', 'Foreground');
    assert.deepEqual(planned(world, 'child'), ['owners of child: two']);
  });

  it('lets orphans forget their owner, then lets it go', () => {
    const world = new OwnedWorld()
      .add('owner')
      .add('other')
      .add('x', [ownedBy('owner'), ownedBy('other')]);
    world.delete('owner', 'Orphan');
    assert.deepEqual(planned(world, 'owner'), ['owners of x: other']);
    assert.ok(world.settle());
    assert.deepEqual([...world.objects.keys()], ['other', 'x']);
  });
});
