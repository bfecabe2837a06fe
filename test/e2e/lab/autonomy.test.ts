import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreEvent, Pod } from '../../../src/api/types.ts';
import { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { objects } from '../edge/manifests.ts';

const PAGE = /the page that only the Secret holds/;
const PATIENCE_MS = 60_000;

describe('a node without its master', function () {
  this.timeout(180_000);
  let lab: Lab;
  let folder: string;

  before('build it', async function () {
    this.timeout(300_000);
    lab = await Lab.up({ name: `edge-${randomBytes(3).toString('hex')}`, nodes: 1 });
    folder = join(lab.host('n1').folder, 'trace');
    for (const [path, object] of objects(folder)) await lab.api.create(path, object);
    await eventually(async () => {
      assert.deepEqual([await phase('web'), await phase('db'), await phase('once')], ['Ready', 'Ready', 'Succeeded']);
    }, PATIENCE_MS);
  });
  afterEach('tell what the agent said', function () {
    if (this.currentTest?.state !== 'failed') return;
    console.log(readFileSync(lab.host('n1').logOf('agent'), 'utf8').slice(-6_000));
  });
  after('take it away', async () => {
    await lab?.down();
  });

  async function pod(app: string): Promise<Pod> {
    const { items } = await lab.api.get<{ items: Pod[] }>(`/api/v1/namespaces/default/pods?labelSelector=app=${app}`);
    assert.equal(items.length, 1, `${app}: ${items.map(({ metadata }) => metadata.name)}`);
    return items[0] as Pod;
  }

  async function phase(app: string): Promise<string | undefined> {
    const { status } = await pod(app);
    const isReady = status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
    return isReady ? 'Ready' : status?.phase;
  }

  async function restarts(app: string): Promise<number | undefined> {
    return (await pod(app)).status?.containerStatuses?.[0]?.restartCount;
  }

  /** `id startedAt` of the running containers of an app, as Docker on the node has them. */
  async function running(app: string): Promise<string[]> {
    const node = lab.host('n1');
    const filter = ['--filter', 'label=io.kubernetes.container.name=main'];
    const ids = await node.run('docker', ['ps', '-q', '--no-trunc', ...filter]);
    const format = '{{.Id}} {{.State.StartedAt}} {{index .Config.Labels "io.kubernetes.pod.name"}}';
    const text = ids.trim() ? await node.run('docker', ['inspect', '-f', format, ...ids.trim().split('\n')]) : '';
    return text.split('\n').filter((line) => new RegExp(` ${app}-`).test(line));
  }

  const runs = () => readFileSync(join(folder, 'once'), 'utf8').trim().split('\n').length;
  const page = (ip: string) => lab.host('n1').run('curl', ['-sf', '-m', '2', `http://${ip}/`]);

  async function reasons(app: string): Promise<(string | undefined)[]> {
    const { metadata } = await pod(app);
    const { items } = await lab.api.get<{ items: CoreEvent[] }>('/api/v1/namespaces/default/events');
    return items.filter(({ involvedObject }) => involvedObject.uid === metadata.uid).map(({ reason }) => reason);
  }

  it('serves again after a power cut, and restarts nothing when the master comes back', async () => {
    const before = await pod('web');
    const ip = before.status?.podIP ?? '';
    assert.match(await page(ip), PAGE);
    await lab.kill('master');
    await lab.kill('n1');
    const bootAt = performance.now();
    await lab.boot('n1');
    await eventually(async () => assert.match(await page(ip), PAGE), PATIENCE_MS);
    const seconds = (performance.now() - bootAt) / 1000;
    console.log(`      serves ${seconds.toFixed(1)} s after the power is back, without a master`);
    assert.ok(seconds < 30, `${seconds} s`);
    assert.equal(runs(), 1, 'what had ended ran again');
    assert.deepEqual(await running('db'), [], 'a pod that must not run twice runs without the master’s word');

    const web = await running('web');
    assert.equal(web.length, 1);
    await lab.boot('master');
    await eventually(async () => {
      // The master has what it was told before the cut until the node has told it anew.
      assert.equal((await running('db')).length, 1);
      // The power cut is one restart; the master's return is none.
      assert.deepEqual([await restarts('web'), await restarts('db')], [1, 1]);
      assert.deepEqual([await phase('web'), await phase('db'), await phase('once')], ['Ready', 'Ready', 'Succeeded']);
    }, PATIENCE_MS);
    assert.deepEqual(await running('web'), web);
    assert.equal((await pod('web')).metadata.uid, before.metadata.uid);
    assert.ok((await reasons('db')).includes('Fenced'), String(await reasons('db')));
    assert.equal(runs(), 1);
    console.log('      restarts when the master came back: 0');
  });

  it('stops what must not run twice when it is cut off, and starts it again when it is not', async () => {
    const [web, db] = [await running('web'), await running('db')];
    assert.deepEqual([web.length, db.length], [1, 1]);
    await lab.cut('n1');
    const cutAt = performance.now();
    await eventually(async () => assert.deepEqual(await running('db'), []), PATIENCE_MS);
    console.log(`      fenced ${((performance.now() - cutAt) / 1000).toFixed(1)} s after the cable was pulled`);
    assert.deepEqual(await running('web'), web);
    await lab.heal('n1');
    await eventually(async () => {
      assert.equal((await running('db')).length, 1);
      assert.equal(await phase('db'), 'Ready');
    }, PATIENCE_MS);
    assert.deepEqual(await running('web'), web);
  });

  it('loses nothing on a line that drops 5 % and flaps for 30 s', async () => {
    const before = await pod('web');
    const web = await running('web');
    await lab.lose('n1', 5);
    for (let flaps = 0; flaps < 6; flaps++) {
      await lab.cut('n1');
      await sleep(2_000); // the length of the cut is what is tried here
      await lab.heal('n1');
      await lab.lose('n1', 5);
      await sleep(3_000);
    }
    await lab.heal('n1');
    await eventually(async () => assert.equal(await phase('web'), 'Ready'), PATIENCE_MS);
    const after = await pod('web');
    assert.deepEqual([after.metadata.uid, await running('web')], [before.metadata.uid, web]);
  });
});
