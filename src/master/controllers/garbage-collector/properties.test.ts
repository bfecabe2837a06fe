import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OwnedWorld, ownedBy, type Policy } from '../../../../test/lib/owned-world.ts';

const SIZE = 6;
const uids = Array.from({ length: SIZE }, (_, i) => `o${i}`);

/** Who owns whom, in circles too, some of them owned by what never was; and who is deleted, in this order. */
interface Story {
  readonly owners: readonly (readonly { readonly uid: string; readonly blockOwnerDeletion: boolean }[])[];
  readonly deletions: readonly (readonly [string, Policy])[];
}

function stories(...policies: Policy[]): fc.Arbitrary<Story> {
  const owner = fc.record({ uid: fc.constantFrom(...uids, 'gone'), blockOwnerDeletion: fc.boolean() });
  const owners = fc.uniqueArray(owner, { maxLength: 3, selector: ({ uid }) => uid });
  return fc.record({
    owners: fc.array(owners, { minLength: SIZE, maxLength: SIZE }),
    deletions: fc.array(fc.tuple(fc.constantFrom(...uids), fc.constantFrom(...policies)), { maxLength: 3 }),
  });
}

/** @param isHasty all deletions come before the collector's first turn */
function play({ owners, deletions }: Story, isHasty: boolean): OwnedWorld {
  const world = new OwnedWorld();
  owners.forEach((list, i) => {
    world.add(
      `o${i}`,
      list.map(({ uid, blockOwnerDeletion }) => ownedBy(uid, { blockOwnerDeletion })),
    );
  });
  for (const [uid, policy] of deletions) {
    if (!isHasty) assert.ok(world.settle());
    world.delete(uid, policy);
  }
  assert.ok(world.settle());
  return world;
}

/** Deleted by hand, or owned only by what is gone. */
function expectedGone({ owners, deletions }: Story): Set<string> {
  const gone = new Set(['gone', ...deletions.map(([uid]) => uid)]);
  for (let before = -1; before !== gone.size; ) {
    before = gone.size;
    owners.forEach((list, i) => {
      if (list.length > 0 && list.every(({ uid }) => gone.has(uid))) gone.add(`o${i}`);
    });
  }
  return gone;
}

describe('garbage collection', () => {
  it('takes all that no living owner is left for, and nothing else', () => {
    fc.assert(
      fc.property(stories('Background', 'Foreground'), fc.boolean(), (story, isHasty) => {
        const gone = expectedGone(story);
        const world = play(story, isHasty);
        assert.deepEqual(
          [...world.objects.keys()].sort(),
          uids.filter((uid) => !gone.has(uid)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('leaves no reference to what is gone, and nothing half deleted, whatever the policies', () => {
    fc.assert(
      fc.property(stories('Background', 'Foreground', 'Orphan'), fc.boolean(), (story, isHasty) => {
        const { objects } = play(story, isHasty);
        for (const { metadata } of objects.values()) {
          assert.equal(metadata.deletionTimestamp, undefined);
          for (const owner of metadata.ownerReferences ?? []) assert.ok(objects.has(owner.uid));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('spares what was orphaned', () => {
    fc.assert(
      fc.property(stories('Orphan'), (story) => {
        const { objects } = play(story, false);
        const without = play({ ...story, deletions: [] }, false);
        const deleted = new Set(story.deletions.map(([uid]) => uid));
        assert.deepEqual(
          [...objects.keys()].sort(),
          [...without.objects.keys()].filter((uid) => !deleted.has(uid)).sort(),
        );
      }),
    );
  });
});
