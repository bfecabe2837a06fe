import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageKeeper } from '../../../src/agent/images/image-keeper.ts';
import { PulledImages } from '../../../src/agent/images/pulled-images.ts';
import type { ImageInfo } from '../../../src/agent/runtime/runtime.ts';
import type { NodeEvent } from '../../../src/agent/stats/node-events.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { ManualClock } from '../../lib/manual-clock.ts';
import { aPod, TestEngine } from './engine.ts';

const FULL = { capacity: 1000, available: 10 };
const POLICY = { highPercent: 85, lowPercent: 80, minAgeMs: 120_000, maxAgeMs: 0 };

describe('the images of a node', function () {
  this.timeout(60_000);
  const engine = new TestEngine();
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  const file = join(folder, 'agent', 'pulled-images.json');
  const names = ['ours', 'used', 'others'].map((name) => `bramble-test/${name}:${engine.owner}`);
  const [ours = '', used = '', others = ''] = names;
  const clock = new ManualClock();
  const events: NodeEvent[] = [];
  let disk = FULL;
  const keeperOn = (path: string) =>
    new ImageKeeper({
      runtime: engine.runtime,
      pulled: new PulledImages(path),
      policy: POLICY,
      disk: () => disk,
      onChange: () => {},
      tell: (event) => void events.push(event),
      clock,
      log: createLogger('silent'),
    });
  const keeper = keeperOn(file);
  const image = async (name: string): Promise<ImageInfo> => {
    const found = await engine.runtime.image(name);
    assert.ok(found, `${name} is not here`);
    return found;
  };

  before(async () => {
    await engine.start();
    for (const name of names)
      execFileSync('docker', ['build', '-q', '-t', name, '-'], {
        input: `FROM ${engine.image}\nLABEL name=${name}\nCMD ["sleep","1000"]\n`,
      });
    for (const name of [ours, used]) await keeper.pulled(await image(name), false);
    await keeper.pulled(await image(others), true);
    const pod = aPod('user');
    const spec = await engine.spec(pod, await engine.sandbox(pod), { image: used });
    await engine.runtime.createContainer({ ...spec, image: await image(used) }, new AbortController().signal);
  });
  after(async () => {
    await engine.clear();
    for (const name of names) execFileSync('docker', ['rmi', '-f', name], { stdio: 'ignore' });
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  it('are in its status', () => {
    assert.ok(keeper.status.some((each) => each.names.includes(ours) && each.sizeBytes > 0));
  });

  it('stay when they were just pulled, and that is told', async () => {
    await keeper.pass();
    await image(ours);
    assert.equal(events.at(-1)?.reason, 'FreeDiskSpaceFailed');
    assert.match(
      events.at(-1)?.message ?? '',
      /^Failed to garbage collect required amount of images\. Attempted to free 190 bytes/,
    );
  });

  it('stay while the disk has room', async () => {
    clock.advance(600_000);
    disk = { capacity: 1000, available: 500 };
    await keeper.pass();
    await image(ours);
    disk = FULL;
  });

  it('stay where nobody knows any more who pulled them', async () => {
    const torn = join(folder, 'torn.json');
    writeFileSync(torn, readFileSync(file, 'utf8').slice(0, 20));
    await keeperOn(torn).removeUnused();
    await image(ours);
  });

  it('go when the disk is full: ours that nothing uses, and nobody else’s', async () => {
    await keeperOn(file).pass();
    assert.equal(await engine.runtime.image(ours), undefined);
    await image(used);
    await image(others);
  });
});
