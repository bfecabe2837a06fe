import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssignmentStore } from '../../../src/agent/uplink/assignment-store.ts';
import { DurableMap } from '../../../src/agent/uplink/kept/durable-map.ts';
import type { KubeObject, Pod, PodStatus, Secret } from '../../../src/api/types.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import type { ObjectDelta } from '../../../src/rpc/messages.ts';
import { aPod } from '../../lib/builders.ts';

const log = createLogger('silent');

function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

function put(object: KubeObject): ObjectDelta {
  const { namespace = '', name, uid = '' } = object.metadata;
  const bytes = Buffer.from(JSON.stringify(object));
  return { operation: 'PUT', kind: object.kind, namespace, name, uid, resourceVersion: '1', object: bytes };
}

function remove(object: KubeObject): ObjectDelta {
  return { ...put(object), operation: 'DELETE', object: Buffer.alloc(0) };
}

describe('the assignment on disk', () => {
  const keyPem = newKey();
  let dir = '';
  let path = '';
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bramble-kept-'));
    path = join(dir, 'assignment.sealed');
  });
  afterEach(() => rm(dir, { recursive: true }));

  const open = (at = path, key = keyPem) => DurableMap.open({ path: at, keyPem: key, clock: systemClock, log });
  // As it comes over the wire: a field that is undefined is one that is not there.
  const web: Pod = JSON.parse(
    JSON.stringify(aPod({ name: 'web', spec: { volumes: [{ name: 'v', secret: { secretName: 's' } }] } })),
  );
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'default' },
    data: { password: Buffer.from('correct horse battery').toString('base64') },
  };

  async function filled(...objects: KubeObject[]): Promise<DurableMap> {
    const kept = await open();
    const store = new AssignmentStore(kept);
    for (const object of objects) store.apply(put(object));
    await kept.flush();
    return kept;
  }

  it('is what an agent begins with, and judges nothing by it', async () => {
    await filled(web, secret);
    const store = new AssignmentStore(await open());
    assert.deepEqual([...store.pods.values()], [web]);
    assert.deepEqual(store.secret('default', 's'), secret);
    assert.equal(store.isComplete, false);
    // The master's own picture, when it comes, is the one that counts.
    store.beginSnapshot();
    store.endSnapshot();
    assert.equal(store.pods.size, 0);
  });

  it('holds no Secret in clear, and nobody else may read it', async () => {
    await filled(web, secret);
    const bytes = await readFile(path);
    for (const word of ['correct', Buffer.from('correct horse battery').toString('base64'), 'web']) {
      assert.equal(bytes.includes(word), false, word);
    }
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it('is not written again by what is told twice', async () => {
    const kept = await filled(web);
    const before = await stat(path);
    const store = new AssignmentStore(kept);
    store.beginSnapshot();
    store.apply(put(web));
    store.endSnapshot();
    await kept.flush();
    const after = await stat(path);
    assert.deepEqual([after.mtimeMs, after.size, after.ino], [before.mtimeMs, before.size, before.ino]);
  });

  it('cut at any byte of its last write is the one before or the one after it, and can be written on', async () => {
    const kept = await filled(web);
    const sizeBefore = (await stat(path)).size;
    new AssignmentStore(kept).apply(remove(web));
    await kept.flush();
    const whole = await readFile(path);
    for (let length = sizeBefore; length <= whole.length; length++) {
      const copy = join(dir, `cut-${length}`);
      await copyFile(path, copy);
      await truncate(copy, length);
      const cut = await open(copy);
      const store = new AssignmentStore(cut);
      assert.equal(store.pods.size, length === whole.length ? 0 : 1);
      store.apply(put(aPod({ name: 'later' })));
      await cut.close();
      const again = new AssignmentStore(await open(copy));
      assert.ok(again.pods.has('uid-of-later'));
    }
  });

  it('that is damaged or another node’s is ignored, and replaced by what comes next', async () => {
    await filled(web, secret);
    const bytes = await readFile(path);
    for (const bad of [Buffer.alloc(0), bytes.subarray(0, 10), Buffer.from('{}'), Buffer.alloc(4096, 7)]) {
      await writeFile(path, bad);
      const kept = await open();
      const store = new AssignmentStore(kept);
      assert.equal(store.pods.size, 0);
      store.apply(put(web));
      await kept.close();
      assert.equal(new AssignmentStore(await open()).pods.size, 1);
    }
    assert.equal(new AssignmentStore(await open(path, newKey())).pods.size, 0);
  });

  it('is no reason to fail when the disk cannot be read or written', async () => {
    await mkdir(path);
    const kept = await open();
    new AssignmentStore(kept).apply(put(web));
    await kept.close();
    assert.ok(kept.get('object/Pod/uid-of-web'));
  });

  it('remembers how a pod ended, though the master never heard of it', async () => {
    const kept = await filled(web);
    const store = new AssignmentStore(kept);
    store.noteStatus(web, { phase: 'Running', startTime: '2026-03-01T12:00:00Z' });
    store.noteStatus(web, { phase: 'Succeeded', startTime: '2026-03-01T12:00:00Z', podIP: '10.42.0.9' });
    await kept.close();
    const again = new AssignmentStore(await open());
    assert.equal(again.pods.get('uid-of-web')?.status?.phase, 'Succeeded');
    again.beginSnapshot();
    again.apply(put({ ...web, metadata: { ...web.metadata, labels: { news: 'yes' } } }));
    again.endSnapshot();
    assert.equal(again.pods.get('uid-of-web')?.status?.phase, 'Succeeded');
  });

  it('remembers which containers were ready, and writes nothing for other news', async () => {
    const kept = await filled(web);
    const store = new AssignmentStore(kept);
    const status = (isReady: boolean, restartCount = 0): PodStatus => ({
      phase: 'Running',
      startTime: '2026-03-01T12:00:00Z',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
      containerStatuses: [
        { name: 'main', image: '', imageID: '', containerID: 'docker://1', ready: isReady, restartCount },
      ],
    });
    store.noteStatus(web, status(false));
    store.noteStatus(web, status(true));
    await kept.flush();
    const { size } = await stat(path);
    store.noteStatus(web, status(true, 1));
    await kept.close();
    assert.equal((await stat(path)).size, size);
    const again = new AssignmentStore(await open());
    assert.deepEqual(again.pods.get('uid-of-web')?.status, status(true));
    // What the master says is newer from then on.
    again.beginSnapshot();
    const told: Pod = { ...web, status: status(false) };
    again.apply(put(told));
    again.endSnapshot();
    assert.deepEqual(again.pods.get('uid-of-web')?.status, status(false));
  });

  it('does not begin a pod again that left this node, when a restored master gives it out anew', async () => {
    const kept = await filled(web);
    const store = new AssignmentStore(kept);
    store.apply(remove(web));
    await kept.close();
    const again = new AssignmentStore(await open());
    again.apply(put(web));
    assert.deepEqual(
      [again.pods.get('uid-of-web')?.status?.phase, again.pods.get('uid-of-web')?.status?.reason],
      ['Failed', 'AlreadyEnded'],
    );
  });

  it('stays small however often pods change', async () => {
    const kept = await open();
    const store = new AssignmentStore(kept);
    const pod = (round: number): Pod => ({ ...web, metadata: { ...web.metadata, labels: { round: String(round) } } });
    for (let round = 0; round < 1500; round++) {
      store.apply(put(pod(round)));
      await kept.flush();
    }
    const { size } = await stat(path);
    assert.ok(size < 300 * 1024, `${size} bytes`);
    assert.deepEqual(new AssignmentStore(await open()).pods.get('uid-of-web'), pod(1499));
  }).timeout(60_000);
});
