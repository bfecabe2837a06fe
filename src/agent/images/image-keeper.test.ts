import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { createLogger } from '../../lib/logger.ts';
import { type NodeImage, RuntimeError } from '../runtime/runtime.ts';
import { ImageKeeper } from './image-keeper.ts';
import { PulledImages } from './pulled-images.ts';

const POLICY = { highPercent: 85, lowPercent: 80, minAgeMs: 0, maxAgeMs: 0 };

describe('images that go for the disk', () => {
  let folder: string;
  let here: NodeImage[];
  let keeper: ImageKeeper;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bramble-images-'));
    here = ['stuck', 'other'].map((id) => ({ id, names: [`${id}:1`], sizeBytes: 100, isUsed: false }));
    const pulled = new PulledImages(join(folder, 'pulled-images.json'));
    for (const [at, { id }] of here.entries()) await pulled.add(id, at);
    keeper = new ImageKeeper({
      runtime: {
        images: async () => here,
        removeImage: async ({ id }) => {
          if (id === 'stuck') throw new RuntimeError('Internal', 'device or resource busy');
          here = here.filter((image) => image.id !== id);
          return true;
        },
      },
      pulled,
      policy: POLICY,
      disk: () => ({ capacity: 1000, available: 10 }),
      onChange: () => {},
      tell: () => {},
      clock: new ManualClock(1000),
      log: createLogger('silent'),
    });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const left = () => here.map(({ id }) => id);

  it('go though the engine cannot remove the first of them', async () => {
    await keeper.removeUnused();
    assert.deepEqual(left(), ['stuck']);
  });

  it('are told of as kubelet does when a round could not remove one', async () => {
    await assert.rejects(
      keeper.pass(),
      /^AggregateError: wanted to free 190 bytes, but freed 100 bytes space with errors in image deletion: RuntimeError: device or resource busy$/,
    );
    assert.deepEqual(left(), ['stuck']);
  });

  it('stay when the agent stops', async () => {
    keeper.start();
    await keeper.stop();
    const before = left();
    await assert.rejects(keeper.removeUnused(), { name: 'AbortError' });
    assert.deepEqual(left(), before);
  });
});
