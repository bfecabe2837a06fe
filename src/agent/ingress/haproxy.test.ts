import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../test/lib/manual-clock.ts';
import { Haproxy } from './haproxy.ts';
import { CONFIG_FILE } from './haproxy-config.ts';

const RENDERED = { structure: 'abc', files: new Map([[CONFIG_FILE, '']]) };

describe('a proxy that does not come to serve', () => {
  let folder: string;
  let clock: ManualClock;
  /** A program that takes any configuration, and does this when it is to serve. */
  const proxyThat = (does: string) => {
    const program = join(folder, 'program');
    writeFileSync(program, `#!/bin/sh\n[ "$1" = -c ] && exit 0\n${does}\n`, { mode: 0o700 });
    return new Haproxy(join(folder, 'run'), { clock, onEnd: () => {}, program });
  };
  /** Winds the clock until the promise has an end, once the file is there. */
  const wound = async (promise: Promise<void>, file: string) => {
    const timer = setInterval(() => existsSync(file) && clock.advance(1_000), 5);
    try {
      await promise;
    } finally {
      clearInterval(timer);
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bramble-haproxy-'));
    clock = new ManualClock();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has ended when that is told: no successor finds it beside itself', async () => {
    const pidFile = join(folder, 'pid');
    const written = `echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}`;
    const proxy = proxyThat(`trap '' TERM; ${written}; while [ -e ${pidFile} ]; do sleep 0.05; done`);
    await assert.rejects(wound(proxy.launch(RENDERED, undefined), pidFile), /does not answer 30 s after its start/);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    assert.deepEqual(await proxy.processes(), []);
  });

  it('is told of in its own words', async () => {
    await assert.rejects(proxyThat('echo no memory >&2; exit 1').launch(RENDERED, undefined), /^Error: no memory$/);
  });

  it('is told of without words when what it said is gone', async () => {
    const proxy = proxyThat(`rm ${join(folder, 'run', 'haproxy.log')}; exit 1`);
    await assert.rejects(proxy.launch(RENDERED, undefined), /haproxy ended/);
  });

  it('is told of when it is not there', async () => {
    const proxy = new Haproxy(join(folder, 'run'), { clock, onEnd: () => {}, program: join(folder, 'none') });
    await assert.rejects(proxy.launch(RENDERED, undefined), { code: 'ToolMissing' });
  });
});
