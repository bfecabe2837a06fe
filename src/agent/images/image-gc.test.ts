import assert from 'node:assert/strict';
import { type OwnImage, planImageGc, statusImages } from './image-gc.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const POLICY = { highPercent: 85, lowPercent: 80, minAgeMs: 2 * MINUTE, maxAgeMs: 0 };

function anImage(id: string, lastUsedAgo: number, extra: Partial<OwnImage> = {}): OwnImage {
  const pulledAt = NOW - 90 * MINUTE;
  return {
    id,
    names: [`${id}:1`],
    sizeBytes: 4,
    isUsed: false,
    pulledAt,
    lastUsedAt: NOW - lastUsedAgo * MINUTE,
    ...extra,
  };
}

describe('image garbage collection', () => {
  const young = anImage('young', 1, { pulledAt: NOW - MINUTE });
  const used = anImage('used', 0, { isUsed: true });
  const three = [anImage('a', 10), anImage('b', 30), anImage('c', 20)];
  const cases: [string, OwnImage[], number, typeof POLICY, string[], number][] = [
    ['removes nothing while there is room', three, 16, POLICY, [], 0],
    ['begins at the high threshold, and ends at the low one', three, 15, POLICY, ['b', 'c'], 5],
    ['removes the least recently used first', three, 13, POLICY, ['b', 'c'], 7],
    ['leaves what is used, and what was just pulled', [young, used, anImage('a', 1)], 1, POLICY, ['a'], 19],
    ['removes what was unused too long, room or not', three, 50, { ...POLICY, maxAgeMs: 25 * MINUTE }, ['b'], 0],
    ['counts those towards what is wanted', three, 13, { ...POLICY, maxAgeMs: 25 * MINUTE }, ['b', 'c'], 7],
  ];
  for (const [title, images, available, policy, expected, wantedBytes] of cases) {
    it(title, () => {
      const plan = planImageGc(images, { capacity: 100, available }, policy, NOW);
      assert.deepEqual(
        plan.remove.map(({ id }) => id),
        expected,
      );
      assert.equal(plan.wantedBytes, wantedBytes);
    });
  }
});

describe('images in the status of a node', () => {
  it('are the largest fifty, with five names at most, and none without a name', () => {
    const many = Array.from({ length: 60 }, (_, index) => anImage(`i${index}`, 0, { sizeBytes: index }));
    const named = anImage('named', 0, { sizeBytes: 1000, names: ['1', '2', '3', '4', '5', '6'] });
    const nameless = anImage('nameless', 0, { sizeBytes: 2000, names: [] });
    const status = statusImages([...many, named, nameless]);
    assert.equal(status.length, 50);
    assert.deepEqual(status[0], { names: ['1', '2', '3', '4', '5'], sizeBytes: 1000 });
    assert.equal(status[1]?.sizeBytes, 59);
  });
});
