import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, job, pod, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

describe('restart policies', () => {
  let space: PodSpace;

  before(async () => {
    space = await PodSpace.open(cluster, 'restarts');
    await space.apply(
      script('crashing', 'echo attempt; exit 7'),
      script('done-always', 'exit 0'),
      job('done', 'exit 0'),
      job('failed', 'exit 4'),
      script('done-on-failure', 'exit 0', { restartPolicy: 'OnFailure' }),
      script(
        'failed-on-failure',
        '[ -e /data/tried ] && exit 0; echo > /data/tried; exit 1',
        {
          restartPolicy: 'OnFailure',
          volumes: [{ name: 'data', emptyDir: {} }],
        },
        { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      ),
      pod('half', [shell('ends', 'exit 0'), shell('stays', IDLE)], { restartPolicy: 'Never' }),
      pod('mixed', [shell('bad', 'exit 2'), shell('good', 'exit 0')], { restartPolicy: 'Never' }),
      pod('no-such-command', { name: 'main', image: 'busybox:1', command: ['/no/such/thing'] }),
    );
  });

  after(() => space.close());

  it('Never leaves a success as Completed and a failure as Error, with its exit code', async () => {
    await Promise.all([space.phase('done', 'Succeeded'), space.phase('failed', 'Failed')]);
    assert.equal(await space.row('done'), '0/1 Completed 0');
    assert.equal(await space.row('failed'), '0/1 Error 0');
    const { status } = await space.get('failed');
    const { terminated } = status?.containerStatuses?.[0]?.state ?? {};
    assert.equal(terminated?.exitCode, 4);
    assert.equal(terminated?.reason, 'Error');
    assert.ok(terminated?.startedAt && terminated.finishedAt && terminated.containerID);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    assert.deepEqual([ready?.status, ready?.reason], ['False', 'PodFailed']);
    const describe = await space.ok(['describe', 'pod', 'failed']);
    assert.match(describe, /State: +Terminated\n +Reason: +Error\n +Exit Code: +4\n/);
  });

  it('Never makes a pod Failed when one of its containers failed', async () => {
    const { status } = await space.phase('mixed', 'Failed');
    assert.deepEqual(
      status?.containerStatuses?.map((c) => c.state?.terminated?.exitCode),
      [2, 0],
    );
    assert.equal(await space.row('mixed'), '0/2 Error 0');
  });

  it('Never shows a pod with one container done and one running as NotReady', async () => {
    await space.rowMatches('half', /^1\/2 NotReady 0$/);
    assert.equal((await space.get('half')).status?.phase, 'Running');
  });

  it('OnFailure runs a failure again and leaves a success', async () => {
    await Promise.all([space.phase('done-on-failure', 'Succeeded'), space.phase('failed-on-failure', 'Succeeded')]);
    assert.equal(await space.row('done-on-failure'), '0/1 Completed 0');
    assert.match(await space.row('failed-on-failure'), /^0\/1 Completed 1 \(\d+s ago\)$/);
  });

  it('Always runs a success again as well, after a back-off', async () => {
    await space.rowMatches('done-always', /^0\/1 CrashLoopBackOff [1-9] \(\d+s ago\)$/);
    const { status } = await space.get('done-always');
    assert.equal(status?.phase, 'Running');
    assert.equal(status?.containerStatuses?.[0]?.lastState?.terminated?.reason, 'Completed');
  });

  it('a command that is not there is a StartError that crash-loops', async () => {
    await space.event(
      'no-such-command',
      /^Warning Failed Error: failed to start container "main": .*\/no\/such\/thing/m,
    );
    await space.rowMatches('no-such-command', /^0\/1 (RunContainerError|CrashLoopBackOff) [1-9]\d* \(\d+s ago\)$/);
    const { status } = await space.until('no-such-command', ({ status }) =>
      assert.ok(status?.containerStatuses?.[0]?.lastState?.terminated),
    );
    const { terminated } = status?.containerStatuses?.[0]?.lastState ?? {};
    assert.match(terminated?.reason ?? '', /^(StartError|ContainerCannotRun)$/);
    assert.ok([127, 128].includes(terminated?.exitCode ?? 0));
    assert.match(terminated?.message ?? '', /\/no\/such\/thing/);
  });

  it('Always backs off 10 s after the second failure, and says so everywhere', async () => {
    await space.rowMatches('crashing', /^0\/1 CrashLoopBackOff 2 \(\d+s ago\)$/);
    const { status } = await space.get('crashing');
    const [container] = status?.containerStatuses ?? [];
    assert.equal(container?.restartCount, 2);
    assert.match(
      container?.state?.waiting?.message ?? '',
      /^back-off 20s restarting failed container=main pod=crashing_restarts-\d+\([0-9a-f-]{36}\)$/,
    );
    assert.equal(container?.lastState?.terminated?.exitCode, 7);
    await space.event('crashing', /^Warning BackOff Back-off restarting failed container main in pod crashing_/m);
    const describe = await space.ok(['describe', 'pod', 'crashing']);
    assert.match(
      describe,
      /State: +Waiting\n +Reason: +CrashLoopBackOff\n +Last State: +Terminated\n +Reason: +Error\n +Exit Code: +7\n/,
    );
    assert.match(describe, /Restart Count: +2\n/);
    assert.match(describe, /Warning +BackOff +.*kubelet +Back-off restarting failed container main/);
  });
});
