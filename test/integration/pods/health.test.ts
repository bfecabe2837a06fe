import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../../lib/eventually.ts';
import { TestNode } from './node.ts';

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
const FOREVER = 'trap "exit 0" TERM; while true; do sleep 0.1; done';
const exec = (script: string) => ({ exec: { command: ['sh', '-c', script] } });

describe('probes, hooks and configuration on a real engine', () => {
  const node = new TestNode();
  before(() => node.start());
  after(() => node.stop());
  afterEach(async () => {
    node.clock.reset();
    for (const uid of [...node.assignments.pods.keys()]) {
      node.delete(uid, 0);
      await eventually(() => assert.ok(node.reports.gone.has(uid)));
      node.assignments.set(uid, undefined);
    }
  });

  const main = (uid: string) => node.status(uid).containerStatuses?.[0];
  const until = (uid: string, check: () => void) =>
    eventually(() => {
      try {
        check();
      } catch (cause) {
        const told = node.reports.events
          .filter((e) => e.pod?.metadata.uid === uid)
          .map((e) => `${e.reason} ${e.message}`);
        throw new Error(`${cause}\n${JSON.stringify(node.status(uid))}\n${told.join('\n')}`, { cause });
      }
    });
  const running = (uid: string) => until(uid, () => assert.ok(main(uid)?.state?.running));
  const ready = (uid: string, wanted = true) => until(uid, () => assert.equal(main(uid)?.ready, wanted));
  const messages = (uid: string, reason: string) =>
    node.reports.events.filter((e) => e.pod?.metadata.uid === uid && e.reason === reason).map((e) => e.message);
  const run = (uid: string, script: string) => docker('exec', node.containerId(uid, 'main'), 'sh', '-c', script);
  const logs = (uid: string) => docker('logs', node.containerId(uid, 'main'));

  it('is ready while its readiness probe succeeds, and killed when its liveness probe fails', async () => {
    const probe = { periodSeconds: 1, failureThreshold: 1 };
    const uid = node.assign(
      node.pod('probed', {
        containers: [
          node.container('main', FOREVER, {
            readinessProbe: { ...probe, ...exec('cat /ready') },
            livenessProbe: { ...probe, ...exec('cat /dead && exit 1 || exit 0') },
          }),
        ],
      }),
    );
    await running(uid);
    assert.equal(main(uid)?.ready, false);
    await until(uid, () => assert.match(messages(uid, 'Unhealthy')[0] ?? '', /^Readiness probe failed: cat: .*ready/));
    run(uid, 'touch /ready');
    await ready(uid);
    run(uid, 'echo > /dead');
    await until(uid, () => assert.equal(main(uid)?.restartCount, 1));
    assert.deepEqual(messages(uid, 'Killing'), ['Container main failed liveness probe, will be restarted']);
    await ready(uid, false);
  });

  it('fails a command that takes too long, and ends it', async () => {
    const script = 'cat /slow || exit 0; sleep 77';
    const readinessProbe = { ...exec(script), periodSeconds: 1, timeoutSeconds: 1 };
    const uid = node.assign(node.pod('slow', { containers: [node.container('main', FOREVER, { readinessProbe })] }));
    await ready(uid);
    run(uid, 'touch /slow');
    await until(uid, () =>
      assert.ok(messages(uid, 'Unhealthy').includes(`Readiness probe failed: command "sh -c ${script}" timed out`)),
    );
    run(uid, 'busybox rm /slow');
    await eventually(() => assert.doesNotMatch(docker('top', node.containerId(uid, 'main')), /sleep 77/));
  });

  it('holds other probes and the next container until a startup probe succeeds', async () => {
    const startupProbe = { ...exec('cat /data/up'), periodSeconds: 1 };
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const side = node.container('side', FOREVER, { restartPolicy: 'Always', startupProbe, volumeMounts });
    const pod = node.pod('started', {
      volumes: [{ name: 'data', emptyDir: {} }],
      initContainers: [side],
      containers: [node.container('main', FOREVER, { volumeMounts })],
    });
    const uid = node.assign(pod);
    await until(uid, () =>
      assert.ok(messages(uid, 'Unhealthy').some((text) => text.startsWith('Startup probe failed:'))),
    );
    assert.equal(node.status(uid).initContainerStatuses?.[0]?.started, false);
    assert.equal(main(uid)?.state?.waiting?.reason, 'PodInitializing');
    docker('exec', node.containerId(uid, 'side'), 'touch', '/data/up');
    await running(uid);
    assert.equal(node.status(uid).initContainerStatuses?.[0]?.started, true);
  });

  it('never leaves Ready when the agent restarts, and is not asked again whether it has started', async () => {
    const probe = { periodSeconds: 1, failureThreshold: 1 };
    const startupProbe = { ...probe, ...exec('cat /starting') };
    const readinessProbe = { ...probe, ...exec('echo >> /tries; cat /ready') };
    const script = `touch /starting /ready; ${FOREVER}`;
    const uid = node.assign(
      node.pod('again', { containers: [node.container('main', script, { startupProbe, readinessProbe })] }),
    );
    await ready(uid);
    const id = node.containerId(uid, 'main');
    run(uid, 'busybox rm /starting');
    let [tries, told] = [0, 0];
    await node.restartAgent(async () => {
      tries = Number(run(uid, 'busybox wc -l < /tries'));
      told = node.reports.told.length;
    });
    await eventually(() => assert.ok(Number(run(uid, 'busybox wc -l < /tries')) > tries + 1));
    const since = node.reports.told.slice(told).filter((report) => report.uid === uid);
    assert.ok(since.length > 0);
    for (const { status } of since) {
      const [container] = status.containerStatuses ?? [];
      assert.deepEqual([container?.containerID, container?.started, container?.ready], [`docker://${id}`, true, true]);
      assert.equal(status.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
    }
    run(uid, 'busybox rm /ready');
    await ready(uid, false);
    assert.equal(main(uid)?.restartCount, 0);
  });

  it('is not running before its postStart hook is through, and stops after its preStop hook', async () => {
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const lifecycle = {
      postStart: exec('while ! cat /data/go; do sleep 0.1; done'),
      preStop: exec('echo hooked >> /proc/1/fd/1'),
    };
    const script = `trap "echo stopped; exit 0" TERM; while true; do sleep 0.1; done`;
    const uid = node.assign(
      node.pod('hooked', {
        terminationGracePeriodSeconds: 20,
        volumes: [{ name: 'data', emptyDir: {} }],
        containers: [node.container('main', script, { lifecycle, volumeMounts }), node.container('later', FOREVER)],
      }),
    );
    await until(uid, () => assert.ok(main(uid)?.containerID));
    assert.equal(main(uid)?.state?.waiting?.reason, 'ContainerCreating');
    assert.equal(node.status(uid).containerStatuses?.[1]?.containerID, undefined);
    run(uid, 'touch /data/go');
    await running(uid);
    await until(uid, () => assert.ok(node.status(uid).containerStatuses?.[1]?.state?.running));
    const follow = promisify(execFile)('docker', ['logs', '-f', node.containerId(uid, 'main')]);
    node.delete(uid, 20);
    assert.deepEqual((await follow).stdout.trim().split('\n'), ['hooked', 'stopped']);
  });

  it('kills a container whose postStart hook fails, and says no more than that in its event', async () => {
    const lifecycle = { postStart: exec('echo secret; exit 3') };
    const uid = node.assign(node.pod('failing', { containers: [node.container('main', FOREVER, { lifecycle })] }));
    await until(uid, () => assert.deepEqual(messages(uid, 'FailedPostStartHook')[0], 'PostStartHook failed'));
    await until(uid, () => assert.equal(messages(uid, 'Killing')[0], 'FailedPostStartHook'));
    await until(uid, () => assert.ok((main(uid)?.restartCount ?? 0) >= 1));
  });

  it('sends the signal when a preStop hook has used the grace up', async () => {
    const lifecycle = { preStop: { sleep: { seconds: 60 } } };
    const uid = node.assign(node.pod('sleepy', { containers: [node.container('main', FOREVER, { lifecycle })] }));
    await running(uid);
    node.delete(uid, 1);
    await eventually(() => assert.ok(node.reports.gone.has(uid)));
    node.assignments.set(uid, undefined);
  });

  it('shows last words from the file, and the end of the log where there is none', async () => {
    const word = { terminationMessagePath: '/dev/termination-log' };
    const uid = node.assign(
      node.pod('words', {
        restartPolicy: 'Never',
        containers: [
          node.container('main', 'echo told > /dev/termination-log; exit 1', word),
          node.container('log', 'echo from the log; exit 1', {
            ...word,
            terminationMessagePolicy: 'FallbackToLogsOnError',
          }),
          node.container('well', 'echo not this', { ...word, terminationMessagePolicy: 'FallbackToLogsOnError' }),
        ],
      }),
    );
    await until(uid, () => assert.equal(node.status(uid).phase, 'Failed'));
    const words = node.status(uid).containerStatuses?.map((c) => c.state?.terminated?.message);
    assert.deepEqual(words, ['told\n', 'from the log\n', undefined]);
    await node.restartAgent();
    assert.deepEqual(
      node.status(uid).containerStatuses?.map((c) => c.state?.terminated?.message),
      words,
    );
  });

  it('shows files of ConfigMaps and Secrets, and their changes, in running containers', async () => {
    node.assignments.put('Secret', 'sec', { key: Buffer.from('s3cret').toString('base64') });
    const pod = node.pod('files', {
      volumes: [
        { name: 'cfg', configMap: { name: 'cfg' } },
        { name: 'sec', secret: { secretName: 'sec', defaultMode: 0o400 } },
      ],
      containers: [
        node.container('main', FOREVER, {
          volumeMounts: [
            { name: 'cfg', mountPath: '/cfg' },
            { name: 'cfg', mountPath: '/one', subPath: 'a' },
            { name: 'sec', mountPath: '/sec' },
          ],
        }),
      ],
    });
    const uid = node.assign(pod);
    await until(uid, () => assert.ok(messages(uid, 'FailedMount').length > 0));
    assert.equal(
      messages(uid, 'FailedMount')[0],
      'MountVolume.SetUp failed for volume "cfg" : configmap "cfg" not found',
    );
    node.assignments.put('ConfigMap', 'cfg', { a: 'first' });
    await running(uid);
    assert.equal(run(uid, 'cat /cfg/a /one /sec/key'), 'firstfirsts3cret');
    assert.throws(() => run(uid, 'echo x > /cfg/b'));
    node.assignments.put('ConfigMap', 'cfg', { a: 'second', b: 'new' });
    await eventually(() => assert.equal(run(uid, 'cat /cfg/a /cfg/b'), 'secondnew'));
    assert.equal(run(uid, 'cat /one'), 'first');
    node.assignments.put('ConfigMap', 'cfg', undefined);
    await until(uid, () => assert.ok(messages(uid, 'FailedMount').length > 1));
    assert.equal(run(uid, 'cat /cfg/a'), 'second');
    assert.ok(existsSync(join(node.dataDir, 'pods', uid, 'volumes/kubernetes.io~secret/sec/key')));
  });

  it('gives variables from everywhere, and waits with words for what lacks', async () => {
    const valueFrom = (from: object) => ({ valueFrom: from });
    const pod = node.pod('env', {
      containers: [
        node.container('main', `echo "$COLOR $P_COLOR $IP $MEM $BOTH"; ${FOREVER}`, {
          envFrom: [{ prefix: 'P_', configMapRef: { name: 'env' } }],
          env: [
            { name: 'COLOR', ...valueFrom({ configMapKeyRef: { name: 'env', key: 'COLOR' } }) },
            { name: 'IP', ...valueFrom({ fieldRef: { fieldPath: 'status.podIP' } }) },
            { name: 'MEM', ...valueFrom({ resourceFieldRef: { resource: 'limits.memory', divisor: '1Gi' } }) },
            { name: 'BOTH', value: '$(COLOR)-$(MEM)' },
          ],
        }),
      ],
    });
    const uid = node.assign(pod);
    const waiting = (message: string) =>
      until(uid, () => assert.deepEqual(main(uid)?.state?.waiting, { reason: 'CreateContainerConfigError', message }));
    await waiting('configmap "env" not found');
    node.assignments.put('ConfigMap', 'env', { other: 'x' });
    await waiting("couldn't find key COLOR in ConfigMap default/env");
    node.assignments.put('ConfigMap', 'env', { COLOR: 'blue' });
    await running(uid);
    await eventually(() => assert.equal(logs(uid), `blue blue ${node.status(uid).podIP} 8 blue-8`));
  });
});
