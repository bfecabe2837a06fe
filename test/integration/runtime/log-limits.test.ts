import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { aPod, never, TestEngine, text } from './engine.ts';

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

  it('is followed over the files as they are turned over, without a gap', async () => {
    // As fast as a person could read: a writer far ahead of its reader loses what the limit throws away.
    const script = 'echo begin; read x; for i in $(seq 60); do seq $((i * 20 - 19)) $((i * 20)); sleep 0.02; done';
    const id = await engine.run(pod, sandbox, script, { name: 'followed', stdin: true, stdinOnce: true });
    const following = await engine.runtime.logs(id, { follow: true, timestamps: false }, never);
    await once(following, 'data');
    const rest = text(following);
    (await engine.runtime.attach(id, { stdin: true, tty: false })).stdin.end('go\n');
    const lines = (await rest).trim().split('\n').map(Number);
    assert.deepEqual(
      lines,
      Array.from({ length: 1200 }, (_, index) => index + 1),
    );
    assert.ok((await sizes(id)).length > 1);
  });
});
