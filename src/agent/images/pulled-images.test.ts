import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PulledImages } from './pulled-images.ts';

describe('images that this agent pulled', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bramble-pulled-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are all kept on disk when many arrive at once, and nothing beside them', async () => {
    const path = join(folder, 'pulled-images.json');
    const pulled = new PulledImages(path);
    const ids = Array.from({ length: 20 }, (_, index) => `sha256:${index}`);
    await Promise.all(ids.map((id) => pulled.add(id, 1)));
    assert.deepEqual([...(await new PulledImages(path).all()).keys()], ids);
    await Promise.all([pulled.keepOnly(new Set(ids.slice(0, 5))), pulled.add('sha256:new', 2)]);
    assert.deepEqual([...(await new PulledImages(path).all()).keys()], [...ids.slice(0, 5), 'sha256:new']);
    assert.deepEqual(await readdir(folder), ['pulled-images.json']);
  });
});
