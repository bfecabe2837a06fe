import assert from 'node:assert/strict';
import { cluster } from '../setup/shared-cluster.ts';
import { Gate } from './gate.ts';
import { IDLE, pod, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

describe('init containers and sidecars', () => {
  let space: PodSpace;
  const gate = new Gate();
  const gated = (name: string, text: string) => shell(name, text, { volumeMounts: [gate.mount] });
  const sidecar = (name: string) => ({
    ...gated(
      name,
      `echo ${name} >> /gate/started; trap 'echo ${name} >> /gate/stopped; exit 0' TERM; ${gate.wait('never')}`,
    ),
    restartPolicy: 'Always' as const,
  });

  before(async () => {
    space = await PodSpace.open(cluster, 'init');
    await space.apply(
      pod('in-order', gated('main', `echo main >> /gate/order; ${IDLE}`), {
        initContainers: [
          gated('first', `${gate.wait('first')}; echo first >> /gate/order`),
          gated('second', `${gate.wait('second')}; echo second >> /gate/order`),
        ],
        volumes: [gate.volume],
      }),
      script('failing', IDLE, { initContainers: [shell('setup', 'exit 3')] }),
      script('failing-never', IDLE, { restartPolicy: 'Never', initContainers: [shell('setup', 'exit 3')] }),
      pod('retried', shell('main', 'exit 0'), {
        restartPolicy: 'OnFailure',
        initContainers: [gated('setup', '[ -e /gate/tried ] || { echo > /gate/tried; exit 1; }')],
        volumes: [gate.volume],
      }),
      pod(
        'with-sidecars',
        gated(
          'main',
          `echo main >> /gate/started; trap 'echo main >> /gate/stopped; exit 0' TERM; ${gate.wait('never')}`,
        ),
        {
          terminationGracePeriodSeconds: 20,
          initContainers: [sidecar('one'), gated('setup', 'echo setup >> /gate/started'), sidecar('two')],
          volumes: [gate.volume],
        },
      ),
      pod('finishing', gated('main', gate.wait('finish')), {
        restartPolicy: 'Never',
        initContainers: [{ ...shell('side', IDLE), restartPolicy: 'Always' }],
        volumes: [gate.volume],
      }),
      script('sidecar-down', IDLE, {
        initContainers: [{ ...shell('side', 'exit 1'), restartPolicy: 'Always' }],
      }),
    );
  });

  after(async () => {
    await space.close();
    gate.remove();
  });

  it('run one after the other before the pod itself, counted in STATUS', async () => {
    await space.rowMatches('in-order', /^0\/1 Init:0\/2 0$/);
    const { status } = await space.until('in-order', ({ status }) =>
      assert.ok(status?.initContainerStatuses?.[0]?.state?.running),
    );
    assert.equal(status?.phase, 'Pending');
    assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    assert.equal(status?.initContainerStatuses?.[1]?.state?.waiting?.reason, 'PodInitializing');
    const initialized = status?.conditions?.find(({ type }) => type === 'Initialized');
    assert.equal(initialized?.status, 'False');
    assert.equal(initialized?.message, 'containers with incomplete status: [first second]');
    gate.open('first');
    await space.rowMatches('in-order', /^0\/1 Init:1\/2 0$/);
    gate.open('second');
    await space.ready('in-order');
    assert.equal(await space.row('in-order'), '1/1 Running 0');
    assert.equal(gate.read('order'), 'first\nsecond\nmain\n');
    const ended = (await space.get('in-order')).status?.initContainerStatuses ?? [];
    assert.deepEqual(
      ended.map((c) => [c.ready, c.state?.terminated?.reason]),
      [
        [true, 'Completed'],
        [true, 'Completed'],
      ],
    );
  });

  it('fail the pod when one fails under Never, and the pod itself never runs', async () => {
    const { status } = await space.phase('failing-never', 'Failed');
    assert.equal(await space.row('failing-never'), '0/1 Init:Error 0');
    assert.equal(status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode, 3);
    assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.reason, 'PodInitializing');
    assert.equal(status?.containerStatuses?.[0]?.containerID, undefined);
  });

  it('are tried again under OnFailure', async () => {
    const { status } = await space.phase('retried', 'Succeeded');
    assert.equal(status?.initContainerStatuses?.[0]?.restartCount, 1);
    assert.equal(status?.initContainerStatuses?.[0]?.lastState?.terminated?.exitCode, 1);
    // RESTARTS counts those of init containers only as long as they are what the pod waits for.
    assert.equal(await space.row('retried'), '0/1 Completed 0');
  });

  it('start sidecars in their place among them, and count them in READY', async () => {
    await space.ready('with-sidecars');
    assert.equal(gate.read('started'), 'one\nsetup\ntwo\nmain\n');
    assert.equal(await space.row('with-sidecars'), '3/3 Running 0');
    const { status } = await space.get('with-sidecars');
    assert.deepEqual(
      status?.initContainerStatuses?.map(({ started, ready }) => [started, ready]),
      [
        [true, true],
        [false, true],
        [true, true],
      ],
    );
  });

  it('stop the pod itself first and then the sidecars, last one first', async () => {
    await space.ok(['delete', 'pod', 'with-sidecars']);
    assert.equal(gate.read('stopped'), 'main\ntwo\none\n');
  });

  it('let a pod with a sidecar succeed when its own containers are done', async () => {
    await space.ready('finishing');
    assert.equal(await space.row('finishing'), '2/2 Running 0');
    gate.open('finish');
    const { status } = await space.phase('finishing', 'Succeeded');
    assert.equal(await space.row('finishing'), '0/2 Completed 0');
    assert.ok(status?.initContainerStatuses?.[0]?.state?.terminated);
  });

  it('show a sidecar that cannot stay up as crash-looping', async () => {
    await space.until('sidecar-down', ({ status }) =>
      assert.equal(status?.initContainerStatuses?.[0]?.state?.waiting?.reason, 'CrashLoopBackOff'),
    );
    const { status } = await space.get('sidecar-down');
    assert.ok((status?.initContainerStatuses?.[0]?.restartCount ?? 0) >= 1);
  });

  it('crash-loop under Always', async () => {
    await space.rowMatches('failing', /^0\/1 Init:CrashLoopBackOff [1-9]\d* \(\d+s ago\)$/);
    await space.event(
      'failing',
      /^Warning BackOff Back-off restarting failed container setup in pod failing_init-\d+\(/m,
    );
    const { status } = await space.get('failing');
    assert.equal(status?.phase, 'Pending');
    const setup = status?.initContainerStatuses?.[0];
    assert.match(setup?.state?.waiting?.message ?? '', /^back-off \d+s restarting failed container=setup pod=failing_/);
    assert.equal(setup?.lastState?.terminated?.reason, 'Error');
    assert.match(await space.ok(['describe', 'pod', 'failing']), /Init Containers:\n {2}setup:[\s\S]*Exit Code: +3/);
  });
});
