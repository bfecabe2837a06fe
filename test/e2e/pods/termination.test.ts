import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort } from '../../lib/cluster.ts';
import { eventually } from '../../lib/eventually.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { IDLE, script, shell } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

const run = promisify(execFile);

/** Process 1 that TERM does not end. */
const STUBBORN = "trap '' TERM; while :; do sleep 0.1; done";

describe('the end of a pod', () => {
  let space: PodSpace;
  const grace = (seconds: number) => ({ terminationGracePeriodSeconds: seconds });

  before(async () => {
    space = await PodSpace.open(cluster, 'termination');
    await space.apply(
      script('stubborn', STUBBORN, grace(4)),
      script('obedient', IDLE, grace(60)),
      script('shortened', STUBBORN, grace(120)),
      script('forced', STUBBORN, grace(120)),
      script('at-once', STUBBORN, grace(120)),
      script('late', STUBBORN, { ...grace(1), activeDeadlineSeconds: 300 }),
      script('not-pulled', IDLE, {}, { image: '127.0.0.1:1/no/such:1' }),
      script('not-mounted', IDLE, { volumes: [{ name: 'data', hostPath: { path: '/no/such', type: 'Directory' } }] }),
      script('not-scheduled', IDLE, { nodeSelector: { 'no-such': 'label' } }),
      script('in-init', IDLE, { ...grace(1), initContainers: [shell('setup', STUBBORN)] }),
      script('in-time', 'sleep 0.5', { activeDeadlineSeconds: 300, restartPolicy: 'Never' }),
    );
  });

  after(() => space.close());

  const containersOf = async (name: string) =>
    (await run('docker', ['ps', '-aq', '--filter', `name=_${name}_${space.namespace}_`])).stdout;

  it('comes at once when its containers end on TERM', async () => {
    await space.ready('obedient');
    const began = Date.now();
    await space.ok(['delete', 'pod', 'obedient']);
    assert.ok(Date.now() - began < 20_000);
    await space.event('obedient', /^Normal Killing Stopping container main$/m);
    assert.equal(await containersOf('obedient'), '');
  });

  it('gives a container that ignores TERM its whole grace period, and shows Terminating meanwhile', async () => {
    await space.ready('stubborn');
    const began = Date.now();
    await space.ok(['delete', 'pod', 'stubborn', '--wait=false']);
    const { metadata } = await space.get('stubborn');
    assert.equal(metadata.deletionGracePeriodSeconds, 4);
    const due = Date.parse(metadata.deletionTimestamp ?? '') - began;
    assert.ok(due > 2_000 && due < 6_000, `deletionTimestamp is ${due} ms ahead`);
    assert.equal(await space.row('stubborn'), '1/1 Terminating 0');
    await space.gone('stubborn');
    const took = Date.now() - began;
    assert.ok(took >= 3_900 && took < 15_000, `it took ${took} ms`);
  });

  it('comes sooner when a second delete gives it less', async () => {
    await space.ready('shortened');
    await space.ok(['delete', 'pod', 'shortened', '--wait=false']);
    assert.equal((await space.get('shortened')).metadata.deletionGracePeriodSeconds, 120);
    await space.ok(['delete', 'pod', 'shortened', '--grace-period=1']);
    assert.equal(await containersOf('shortened'), '');
  });

  it('is not put off by a second delete that gives it more', async () => {
    await space.ready('forced');
    await space.ok(['delete', 'pod', 'forced', '--grace-period=2', '--wait=false']);
    await space.ok(['delete', 'pod', 'forced', '--grace-period=100', '--wait=false']);
    assert.equal((await space.get('forced')).metadata.deletionGracePeriodSeconds, 2);
    await space.gone('forced', 20_000);
  });

  it('is at once with --force --grace-period=0, and what ran is stopped', async () => {
    await space.ready('at-once');
    const { code, stderr } = await space.kubectl([
      'delete',
      'pod',
      'at-once',
      '--force',
      '--grace-period=0',
      '--wait=false',
    ]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^Warning: Immediate deletion does not wait for confirmation/m);
    await space.gone('at-once', 1_000);
    await eventually(async () => assert.equal(await containersOf('at-once'), ''));
  });

  it('leaves its name to another at once, whose containers wait only for what they need', async () => {
    const next = (words: string) =>
      script('replaced', `echo ${words}; ${STUBBORN}`, grace(3), { ports: [{ containerPort: 80, hostPort }] });
    const hostPort = await freePort();
    await space.apply(next('first'));
    const { metadata } = await space.ready('replaced');
    await space.kubectl(['delete', 'pod', 'replaced', '--force', '--grace-period=0']);
    await space.apply(next('second'));
    const { metadata: second } = await space.ready('replaced');
    assert.notEqual(second.uid, metadata.uid);
    assert.equal(await space.logs('replaced'), 'second\n');
    assert.equal((await containersOf('replaced')).trim().split('\n').length, 2);
  });

  it('comes at once to a pod that did not get to run', async () => {
    await space.rowMatches('not-pulled', /^0\/1 (ErrImagePull|ImagePullBackOff) 0$/);
    await space.event('not-mounted', /FailedMount/);
    await space.event('not-scheduled', /FailedScheduling/);
    await space.rowMatches('in-init', /^0\/1 Init:0\/1 0$/);
    const began = Date.now();
    await space.ok(['delete', 'pod', 'not-pulled', 'not-mounted', 'not-scheduled', 'in-init']);
    assert.ok(Date.now() - began < 20_000);
  });

  it('comes when activeDeadlineSeconds are over: Failed, DeadlineExceeded, killed with 137', async () => {
    await space.ready('late');
    await space.ok(['patch', 'pod', 'late', '--patch', '{"spec":{"activeDeadlineSeconds":1}}']);
    const { status } = await space.phase('late', 'Failed');
    assert.equal(status?.reason, 'DeadlineExceeded');
    assert.equal(status?.message, 'Pod was active on the node longer than the specified deadline');
    assert.equal(status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 137);
    await space.event(
      'late',
      /^Normal DeadlineExceeded Pod was active on the node longer than the specified deadline$/m,
    );
    assert.match(
      await space.ok(['describe', 'pod', 'late']),
      /Status: +Failed\nReason: +DeadlineExceeded\nMessage: +Pod was active/,
    );
  });

  it("is not the deadline's when the pod is done before", async () => {
    const { status } = await space.phase('in-time', 'Succeeded');
    assert.equal(status?.reason, undefined);
  });
});
