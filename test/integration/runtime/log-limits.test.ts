import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aPod, TestEngine } from './engine.ts';

describe('the log of a container, with limits', function () {
  this.timeout(60_000);
  const engine = new TestEngine({ maxBytes: 16_384, maxFiles: 3 });
  const pod = aPod('limited');
  let sandbox: string;
  before(async () => {
    await engine.start();
    sandbox = await engine.sandbox(pod);
  });
  after(() => engine.stop());

  const sizes = async (id: string) => {
    const [folder = ''] = ((await engine.runtime.containerFiles(id))?.folders ?? []).slice(-1);
    const files = readdirSync(folder).filter((name) => name.includes('-json.log'));
    return files.map((name) => statSync(join(folder, name)).size);
  };

  it('takes no more disk than it may, and ends with the newest line', async () => {
    const id = await engine.run(pod, sandbox, 'seq 20000', { name: 'chatty' });
    await engine.exited(id);
    const found = await sizes(id);
    assert.equal(found.length, 3);
    assert.ok(Math.max(...found) < 2 * 16_384, String(found));
    const lines = (await engine.log(id)).trim().split('\n').map(Number);
    assert.equal(lines.at(-1), 20_000);
    const first = lines[0] ?? 0;
    assert.deepEqual(
      lines,
      Array.from({ length: lines.length }, (_, index) => first + index),
    );
  });
});
