import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from '../../lib/eventually.ts';
import { TestNode } from './node.ts';

const docker = (...args: string[]) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
const FOREVER = 'trap "exit 0" TERM; while true; do sleep 0.2; done';

describe('pods on a real engine', () => {
  const node = new TestNode();
  before(() => node.start());
  after(() => node.stop());
  afterEach(() => node.clock.reset());

  const phase = (uid: string, wanted: string) => eventually(() => assert.equal(node.status(uid).phase, wanted));
  const ready = (uid: string) =>
    eventually(() =>
      assert.equal(
        node.status(uid).conditions?.find((c) => c.type === 'Ready')?.status,
        'True',
        JSON.stringify(node.status(uid)),
      ),
    );
  const gone = (uid: string) => eventually(() => assert.ok(node.reports.gone.has(uid)));
  const remains = async (uid: string) => (await node.runtime.list(uid)).length;
  /** Deletes it as the API does, then forgets it once it is gone. */
  const clear = async (uid: string) => {
    node.delete(uid, 0);
    await gone(uid);
    node.assignments.set(uid, undefined);
  };

  it('runs init container, sidecar and main container in order and shares what they share', async () => {
    const volumeMounts = [{ name: 'data', mountPath: '/data' }];
    const pod = node.pod('ordered', {
      volumes: [{ name: 'data', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
      hostAliases: [{ ip: '10.0.0.9', hostnames: ['nine'] }],
      initContainers: [
        node.container('init', 'echo from-init > /data/init', { volumeMounts }),
        node.container('side', `ls /data > /data/side; ${FOREVER}`, { restartPolicy: 'Always', volumeMounts }),
      ],
      containers: [
        node.container('main', `while [ ! -s /data/side ]; do sleep 0.1; done; hostname > /data/name; ${FOREVER}`, {
          volumeMounts,
        }),
      ],
    });
    const uid = node.assign(pod);
    await ready(uid);
    const { podIP, initContainerStatuses } = node.status(uid);
    assert.match(podIP ?? '', /^10\.197\./);
    assert.equal(initContainerStatuses?.[0]?.state?.terminated?.reason, 'Completed');
    assert.equal(initContainerStatuses?.[1]?.started, true);
    const dir = join(node.dataDir, 'pods', uid, 'volumes/kubernetes.io~empty-dir/data');
    await eventually(() => assert.equal(readFileSync(join(dir, 'name'), 'utf8'), 'ordered\n'));
    assert.match(readFileSync(join(dir, 'side'), 'utf8'), /init/);
    const hosts = docker('exec', node.containerId(uid, 'main'), 'cat', '/etc/hosts');
    assert.match(hosts, new RegExp(`${podIP}\\s+ordered`));
    assert.match(hosts, /10\.0\.0\.9\s+nine/);
    assert.match(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(`${dir} .* tmpfs .*size=1024k`));
    const events = node.reasons(uid).filter((reason) => reason === 'Created' || reason === 'Started');
    assert.deepEqual(events, ['Created', 'Started', 'Created', 'Started', 'Created', 'Started']);

    node.delete(uid);
    await gone(uid);
    assert.equal(await remains(uid), 0);
    assert.equal(existsSync(join(node.dataDir, 'pods', uid)), false);
    assert.doesNotMatch(readFileSync('/proc/self/mountinfo', 'utf8'), new RegExp(uid));
    node.assignments.set(uid, undefined);
  });

  it('keeps address and neighbours when one container is killed again and again', async () => {
    const pod = node.pod('crashing', {
      containers: [node.container('main', FOREVER), node.container('other', FOREVER)],
    });
    const uid = node.assign(pod);
    await ready(uid);
    const { podIP } = node.status(uid);
    const other = node.containerId(uid, 'other');
    for (let kills = 1; kills <= 5; kills += 1) {
      docker('kill', node.containerId(uid, 'main'));
      await eventually(() => {
        const state = node.status(uid).containerStatuses?.[0];
        if (state?.state?.waiting?.reason === 'CrashLoopBackOff') node.clock.skip(300_000);
        assert.equal(state?.restartCount, kills);
        assert.ok(state?.state?.running);
      });
    }
    const status = node.status(uid);
    assert.equal(status.podIP, podIP);
    assert.equal(node.containerId(uid, 'other'), other);
    assert.equal(status.containerStatuses?.[1]?.restartCount, 0);
    assert.equal(status.containerStatuses?.[0]?.lastState?.terminated?.exitCode, 137);
    assert.ok(node.reasons(uid).includes('BackOff'));
    // sandbox, other, main and the main before it: the rest was taken away
    await eventually(async () => assert.equal(await remains(uid), 4));
    await clear(uid);
  });

  it('makes a new sandbox with the same address when it is killed', async () => {
    const uid = node.assign(node.pod('sandboxed', { containers: [node.container('main', FOREVER)] }));
    await ready(uid);
    const { podIP } = node.status(uid);
    const sandbox = (await node.runtime.list(uid)).find((c) => c.role === 'sandbox');
    docker('kill', sandbox?.id ?? '');
    await eventually(() => {
      const status = node.status(uid);
      assert.equal(status.containerStatuses?.[0]?.restartCount, 1);
      assert.equal(status.conditions?.find((c) => c.type === 'Ready')?.status, 'True');
    });
    assert.equal(node.status(uid).podIP, podIP);
    assert.ok(node.reasons(uid).includes('SandboxChanged'));
    await clear(uid);
  });

  it('leaves containers alone when the agent restarts, and takes what went meanwhile away', async () => {
    const stays = node.assign(node.pod('stays', { containers: [node.container('main', FOREVER)] }));
    const goes = node.assign(node.pod('goes', { containers: [node.container('main', FOREVER)] }));
    await ready(stays);
    await ready(goes);
    const before = await node.runtime.list(stays);
    const status = node.status(stays);
    await node.restartAgent(async () => {
      node.reports.statuses.clear();
      const pod = node.assignments.pods.get(stays);
      if (pod) node.assignments.pods.set(stays, { ...pod, status });
      node.assignments.pods.delete(goes);
    });
    await ready(stays);
    assert.deepEqual(node.status(stays), status);
    assert.deepEqual((await node.runtime.list(stays)).map((c) => c.id).sort(), before.map((c) => c.id).sort());
    await eventually(async () => assert.equal(await remains(goes), 0));
    await eventually(() => assert.deepEqual(readdirSync(join(node.dataDir, 'pods')), [stays]));
    assert.equal(node.reports.gone.has(goes), false);
    await clear(stays);
  });

  it('judges nothing unwanted before the assignments are complete', async () => {
    const uid = node.assign(node.pod('kept', { containers: [node.container('main', FOREVER)] }));
    await ready(uid);
    const pod = node.assignments.pods.get(uid);
    await node.restartAgent(async () => {
      node.assignments.isComplete = false;
      node.assignments.pods.delete(uid);
    });
    await node.manager.sweep();
    assert.equal(await remains(uid), 2);
    if (pod) node.assignments.pods.set(uid, pod);
    node.assignments.isComplete = true;
    await node.manager.sweep();
    await clear(uid);
  });

  it('finishes a pod that is done and keeps its containers for their logs', async () => {
    const uid = node.assign(
      node.pod('job', {
        restartPolicy: 'Never',
        initContainers: [node.container('side', FOREVER, { restartPolicy: 'Always' })],
        containers: [node.container('good', 'echo done'), node.container('bad', 'exit 3')],
      }),
    );
    await phase(uid, 'Failed');
    await eventually(async () =>
      assert.deepEqual((await node.runtime.list(uid)).map((c) => c.containerName).sort(), ['bad', 'good', 'side']),
    );
    const { containerStatuses } = node.status(uid);
    assert.deepEqual(
      containerStatuses?.map((c) => c.state?.terminated?.exitCode),
      [0, 3],
    );
    assert.equal(docker('logs', node.containerId(uid, 'good')), 'done');
    await clear(uid);
    assert.equal(await remains(uid), 0);
  });

  it('shows a command that cannot run, and the back-off after it', async () => {
    const container = { ...node.container('main', ''), command: ['/no/such/file'] };
    const uid = node.assign(node.pod('cannot', { containers: [container] }));
    await eventually(() => {
      const status = node.status(uid).containerStatuses?.[0];
      assert.match(status?.state?.waiting?.reason ?? '', /RunContainerError|CrashLoopBackOff/);
      assert.equal(status?.lastState?.terminated?.exitCode, 127);
      assert.equal(status?.lastState?.terminated?.reason, 'ContainerCannotRun');
    });
    await clear(uid);
  });

  it('waits with words for an image that nobody has', async () => {
    const never = { ...node.container('never', ''), image: 'bramble-test/none:1', imagePullPolicy: 'Never' as const };
    const dead = { ...node.container('dead', ''), image: '127.0.0.1:9/none:1' };
    const wrong = { ...node.container('wrong', ''), image: 'Not Valid' };
    const uid = node.assign(node.pod('imageless', { containers: [never, dead, wrong] }));
    const reasons = () => node.status(uid).containerStatuses?.map((c) => c.state?.waiting?.reason);
    await eventually(() => assert.deepEqual(reasons(), ['ErrImageNeverPull', 'ErrImagePull', 'InvalidImageName']));
    assert.equal(
      node.status(uid).containerStatuses?.[0]?.state?.waiting?.message,
      'Container image "bramble-test/none:1" is not present with pull policy of Never',
    );
    node.clock.skip(4000);
    await eventually(() => assert.equal(reasons()?.[1], 'ImagePullBackOff'));
    assert.match(
      node.status(uid).containerStatuses?.[1]?.state?.waiting?.message ?? '',
      /^Back-off pulling image "127/,
    );
    await clear(uid);
  });

  it('gives up a pull at once when the pod is deleted', async () => {
    // A registry that takes connections and never says a word.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const container = { ...node.container('main', ''), image: `127.0.0.1:${port}/never:1` };
    const uid = node.assign(node.pod('pulling', { containers: [container] }));
    await eventually(() => assert.ok(node.reasons(uid).includes('Pulling')));
    await clear(uid);
    assert.equal(await remains(uid), 0);
    assert.equal(node.reasons(uid).includes('Failed'), false);
    silent.close();
  });

  it('says which volume is not there', async () => {
    const volumes = [{ name: 'v', hostPath: { path: '/etc/hostname', type: 'Directory' as const } }];
    const uid = node.assign(node.pod('mountless', { volumes, containers: [node.container('main', FOREVER)] }));
    await eventually(() => {
      const event = node.reports.events.find((e) => e.pod?.metadata.uid === uid && e.reason === 'FailedMount');
      assert.equal(
        event?.message,
        'MountVolume.SetUp failed for volume "v" : hostPath type check failed: /etc/hostname is not a directory',
      );
    });
    assert.deepEqual(node.status(uid).containerStatuses?.[0]?.state, { waiting: { reason: 'ContainerCreating' } });
    await clear(uid);
  });

  it('kills what ignores its stop signal when a second deletion shortens the grace', async () => {
    const deaf = node.container('main', 'trap "" TERM; while true; do sleep 0.2; done');
    const uid = node.assign(node.pod('deaf', { terminationGracePeriodSeconds: 600, containers: [deaf] }));
    await ready(uid);
    node.delete(uid, 600);
    await eventually(() => assert.ok(node.reasons(uid).includes('Killing')));
    node.delete(uid, 1);
    await gone(uid);
    assert.equal(await remains(uid), 0);
    node.assignments.set(uid, undefined);
  });

  it('ends a pod at its deadline', async () => {
    const spec = { activeDeadlineSeconds: 600, containers: [node.container('main', FOREVER)] };
    const uid = node.assign(node.pod('late', spec));
    await ready(uid);
    node.clock.skip(600_000);
    await phase(uid, 'Failed');
    assert.equal(node.status(uid).reason, 'DeadlineExceeded');
    await clear(uid);
  });

  it('waits while the engine is away and goes on when it is back', async () => {
    const first = node.assign(node.pod('before', { containers: [node.container('main', FOREVER)] }));
    await ready(first);
    const { containerStatuses } = node.status(first);
    const told: boolean[] = [];
    const unsubscribe = node.manager.runtimeHealth.subscribe(() => told.push(node.manager.runtimeHealth.isUp));
    await node.engine.cut();
    const second = node.assign(node.pod('meanwhile', { containers: [node.container('main', FOREVER)] }));
    await eventually(() => assert.deepEqual(told, [false]));
    assert.match(node.manager.runtimeHealth.message, /is dockerd running/);
    docker('kill', node.containerId(first, 'main'));
    await node.engine.mend();
    await ready(second);
    await eventually(() => assert.equal(node.status(first).containerStatuses?.[0]?.restartCount, 1));
    assert.equal(containerStatuses?.[0]?.restartCount, 0);
    assert.deepEqual(told, [false, true]);
    unsubscribe();
    await Promise.all([first, second].map(clear));
  });

  it('starts and takes away ten pods at once', async () => {
    const uids = Array.from({ length: 10 }, (_, i) =>
      node.assign(node.pod(`many-${i}`, { containers: [node.container('main', FOREVER)] })),
    );
    await Promise.all(uids.map(ready));
    assert.equal(new Set(uids.map((uid) => node.status(uid).podIP)).size, 10);
    await Promise.all(uids.map(clear));
    for (const uid of uids) assert.equal(await remains(uid), 0);
  });
});
