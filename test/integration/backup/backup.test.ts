import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/lib/clock.ts';
import { createBackup } from '../../../src/master/backup/create.ts';
import { restoreBackup } from '../../../src/master/backup/restore.ts';
import { CertificateAuthority } from '../../../src/master/pki/certificate-authority.ts';
import type { SqliteStore } from '../../../src/master/store/sqlite.ts';
import { skip } from '../../lib/skip.ts';
import { openStore } from '../store/open-store.ts';

const PASSPHRASE = 'correct horse battery';

describe('a backup', function () {
  this.timeout(120_000);
  let folder: string;
  let dataDir: string;
  let store: SqliteStore;
  let caPem: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bramble-backup-'));
    dataDir = join(folder, 'old');
    store = await openStore(dataDir);
    caPem = (await CertificateAuthority.open(join(dataDir, 'pki'), systemClock)).caPem;
    for (const name of ['serving.crt', 'serving.key']) writeFileSync(join(dataDir, 'pki', name), 'old');
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = () => join(folder, 'home.backup');
  const backUp = (to = file()) =>
    createBackup({
      dataDir,
      configFile: undefined,
      snapshot: (path) => store.snapshotTo(path),
      passphrase: PASSPHRASE,
      file: to,
      clock: systemClock,
    });
  const restore = (to: string, passphrase = PASSPHRASE, isForced = false) =>
    restoreBackup({ file: file(), passphrase, dataDir: to, isForced, now: Date.now() });

  /** Creates and updates without a pause until told to stop. @returns what was acknowledged: key to value and revision. */
  function writer(name: string): {
    acknowledged: Map<string, { value: string; revision: number }>;
    end(): Promise<void>;
  } {
    const acknowledged = new Map<string, { value: string; revision: number }>();
    let isOver = false;
    const running = (async () => {
      for (let step = 0; !isOver; step++) {
        const key = `pods/${name}/${step % 50}`;
        const value = `${step}`.padEnd(3000, name);
        const held = acknowledged.get(key);
        const done = await (held ? store.update(key, value, held.revision) : store.create(key, value));
        assert.ok(done.done);
        acknowledged.set(key, { value, revision: done.revision });
      }
    })();
    return {
      acknowledged,
      end: () => {
        isOver = true;
        return running;
      },
    };
  }

  it('made under load holds every write that was acknowledged before, and begins a new history', async () => {
    const writers = ['a', 'b', 'c', 'd'].map(writer);
    while (writers.some(({ acknowledged }) => acknowledged.size < 50)) await new Promise(setImmediate);
    const before = writers.map(({ acknowledged }) => new Map(acknowledged));
    await backUp();
    const after = writers.map(({ acknowledged }) => new Map(acknowledged));
    await Promise.all(writers.map((one) => one.end()));
    assert.ok(
      after.some((held, i) => [...held].some(([key, { revision }]) => revision !== before[i]?.get(key)?.revision)),
    );
    const lastOfOld = store.revision;

    const target = join(folder, 'new');
    await restore(target);
    const restored = await openStore(target);
    try {
      assert.ok(restored.revision > lastOfOld + 1_000_000);
      for (const [i, held] of before.entries()) {
        for (const [key, { revision }] of held) {
          const found = await restored.get(key);
          assert.ok(
            found && found.revision >= revision,
            `${key} is of ${found?.revision}, ${revision} was acknowledged`,
          );
          // Never something that was not written: a torn copy.
          assert.match(found.value, new RegExp(`^\\d+${['a', 'b', 'c', 'd'][i]}+$`));
        }
      }
      const observer = { event: () => {}, ended: () => {} };
      await assert.rejects(restored.watch('pods/', lastOfOld, observer), /too old|Expired|expired/);
      const written = await restored.create('pods/new/1', '{}');
      assert.ok(written.done && written.revision > lastOfOld + 1_000_000);
    } finally {
      await restored.close();
    }
  });

  it('brings the CA back, and no serving certificate', async () => {
    await store.create('pods/default/web', '{"a":1}');
    await backUp();
    const target = join(folder, 'new');
    await restore(target);
    assert.equal(readFileSync(join(target, 'pki/ca.crt'), 'utf8'), caPem);
    assert.deepEqual(readdirSync(join(target, 'pki')).sort(), ['ca.crt', 'ca.key']);
    assert.equal(statSync(join(target, 'pki/ca.key')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(target).sort(), ['bramble.db', 'pki', 'restored.json']);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('shows nothing of what is in it', async () => {
    await store.create('secrets/default/db', '{"password":"hunter2hunter2"}');
    await backUp();
    const bytes = readFileSync(file());
    for (const text of ['hunter2', 'PRIVATE KEY', 'secrets/']) assert.ok(!bytes.includes(text), text);
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('does not replace a master that is there, unless forced; then that one is put aside', async () => {
    await store.create('pods/default/web', '{"a":1}');
    await backUp();
    await assert.rejects(restore(dataDir), /holds a master already: --force puts it aside/);
    await assert.rejects(restore(dataDir, PASSPHRASE, true), /another Bramble master runs/);
    await store.create('pods/default/later', '{"a":1}');
    await store.close();
    const { aside = '' } = await restore(dataDir, PASSPHRASE, true);
    assert.deepEqual(readdirSync(aside).sort(), ['bramble.db', 'pki']);
    store = await openStore(dataDir);
    assert.ok(await store.get('pods/default/web'));
    assert.equal(await store.get('pods/default/later'), undefined);
  });

  it('leaves nothing behind when it cannot be used', async () => {
    for (let i = 0; i < 200; i++) await store.create(`pods/default/${i}`, randomBytes(2000).toString('base64'));
    await backUp();
    const target = join(folder, 'new');
    await assert.rejects(
      restore(target, 'wrong horse battery'),
      /nothing was restored from .*|the passphrase is wrong/,
    );
    assert.deepEqual(readdirSync(target), []);
    const whole = readFileSync(file());
    truncateSync(file(), Math.floor(whole.length / 2));
    await assert.rejects(restore(target), /cut off/);
    const changed = Buffer.from(whole);
    changed[whole.length - 40] = (changed[whole.length - 40] ?? 0) ^ 1;
    writeFileSync(file(), changed);
    await assert.rejects(restore(target), /damaged/);
    writeFileSync(file(), whole.toString('latin1').replace('backup 1', 'backup 2'), 'latin1');
    await assert.rejects(restore(target), /format 2/);
    rmSync(file());
    await assert.rejects(restore(target), /ENOENT/);
    assert.deepEqual(readdirSync(target), []);
  });

  it('leaves the file of before when the disk is full, and the data directory when there is no room to restore', async function () {
    const small = join(folder, 'small');
    mkdirSync(small);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], { stdio: 'pipe' });
    } catch {
      skip(this, 'a small disk cannot be mounted here: needs root');
    }
    try {
      for (let i = 0; i < 200; i++) await store.create(`pods/default/${i}`, randomBytes(2000).toString('base64'));
      writeFileSync(join(small, 'home.backup'), 'of yesterday');
      await assert.rejects(
        backUp(join(small, 'home.backup')),
        /no backup was written to .*: the disk is full; nothing was kept/,
      );
      assert.deepEqual(readdirSync(small), ['home.backup']);
      assert.equal(readFileSync(join(small, 'home.backup'), 'utf8'), 'of yesterday');
      await backUp();
      await assert.rejects(restore(join(small, 'data')), /nothing was restored .*: the disk is full/);
      assert.deepEqual(readdirSync(join(small, 'data')), []);
    } finally {
      execFileSync('umount', [small]);
    }
  });
});
