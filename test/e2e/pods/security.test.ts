import assert from 'node:assert/strict';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Container, PodSpec } from '../../../src/api/types.ts';
import { skip } from '../../lib/skip.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { job } from './manifests.ts';
import { PodSpace } from './pod-space.ts';

type Own = NonNullable<Container['securityContext']>;
type Shared = NonNullable<PodSpec['securityContext']>;

/** Bits of the kernel's capability sets (capabilities(7)). */
const [NET_ADMIN, NET_RAW, SYS_ADMIN, CHOWN] = [12n, 13n, 21n, 0n];

describe('securityContext', () => {
  let space: PodSpace;
  const secured = (name: string, text: string, own: Own, shared?: Shared) =>
    job(name, text, shared ? { securityContext: shared } : {}, { securityContext: own });
  const CAPS = 'grep CapBnd /proc/self/status';
  const output = async (name: string) => {
    await space.phase(name, 'Succeeded');
    return space.logs(name);
  };
  /** The capabilities that the container may have. */
  const has = async (name: string) => {
    const set = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(await output(name))?.[1]}`);
    return (bit: bigint) => ((set >> bit) & 1n) === 1n;
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'security');
    const warnings = await space.apply(
      secured('user', 'id -u; id -g', { runAsUser: 1000, runAsGroup: 2000 }),
      secured('both', 'id -u; id -g', { runAsUser: 1001 }, { runAsUser: 1000, runAsGroup: 3000 }),
      secured('groups', 'id -G', {}, { runAsUser: 1000, runAsGroup: 1000, supplementalGroups: [4000] }),
      secured('non-root', 'id -u', { runAsNonRoot: true, runAsUser: 1000 }),
      secured('root-refused', 'id -u', { runAsNonRoot: true }),
      secured('zero-refused', 'id -u', {}, { runAsNonRoot: true, runAsUser: 0 }),
      secured('read-only', 'touch /x 2>/dev/null || echo refused', { readOnlyRootFilesystem: true }),
      secured(
        'plain',
        `${CAPS}; grep Seccomp: /proc/self/status; grep NoNewPrivs /proc/self/status; touch /x && echo written`,
        {},
      ),
      secured('raw', CAPS, { capabilities: { add: ['NET_RAW', 'NET_ADMIN'] } }),
      secured('none', CAPS, { capabilities: { drop: ['ALL'] } }),
      secured('one', CAPS, { capabilities: { drop: ['ALL'], add: ['CHOWN'] } }),
      secured('privileged', CAPS, { privileged: true }),
      secured('no-escalation', 'grep NoNewPrivs /proc/self/status', { allowPrivilegeEscalation: false }),
      secured('unconfined', 'grep Seccomp: /proc/self/status', { seccompProfile: { type: 'Unconfined' } }),
      secured(
        'sysctl',
        'cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
        {},
        {
          sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '99' }],
        },
      ),
      job('host-namespaces', 'readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc', {
        hostPID: true,
        hostIPC: true,
      }),
      job('shared-processes', 'ps', { shareProcessNamespace: true }),
    );
    assert.equal(warnings, '');
  });

  after(() => space.close());

  it("runs as the user and group it says, the container's word before the pod's", async () => {
    assert.equal(await output('user'), '1000\n2000\n');
    assert.equal(await output('both'), '1001\n3000\n');
    assert.match(await output('groups'), /\b4000\b/);
    assert.equal(await output('non-root'), '1000\n');
  });

  for (const [name, words] of [
    ['root-refused', 'container has runAsNonRoot and image will run as root'],
    ['zero-refused', "container's runAsUser breaks non-root policy"],
  ] as const) {
    it(`runAsNonRoot keeps root from running: ${words}`, async () => {
      await space.rowMatches(name, /^0\/1 CreateContainerConfigError 0$/);
      const { metadata, status } = await space.get(name);
      const message = `${words} (pod: "${name}_${space.namespace}(${metadata.uid})", container: main)`;
      assert.equal(status?.containerStatuses?.[0]?.state?.waiting?.message, message);
      assert.ok((await space.events(name)).includes(`Warning Failed Error: ${message}`));
    });
  }

  it('readOnlyRootFilesystem refuses to be written', async () => {
    assert.equal(await output('read-only'), 'refused\n');
  });

  it("gives Docker's capabilities without NET_RAW by default", async () => {
    const may = await has('plain');
    assert.deepEqual([may(CHOWN), may(NET_RAW), may(SYS_ADMIN)], [true, false, false]);
    assert.match(await output('plain'), /NoNewPrivs:\t0\nwritten/);
  });

  it('adds and drops capabilities', async () => {
    const raw = await has('raw');
    assert.deepEqual([raw(NET_RAW), raw(NET_ADMIN), raw(SYS_ADMIN)], [true, true, false]);
    const none = await has('none');
    assert.deepEqual([none(CHOWN), none(NET_RAW)], [false, false]);
    const one = await has('one');
    assert.deepEqual([one(CHOWN), one(NET_RAW), one(NET_ADMIN)], [true, false, false]);
  });

  it('asks the engine for a privileged container', async () => {
    await space.until('privileged', ({ status }) => assert.ok(status?.containerStatuses?.[0]?.containerID));
    assert.equal(await space.inspect('privileged', '.HostConfig.Privileged'), true);
  });

  it('gives all capabilities to a privileged container', async function () {
    if (!hasAllCapabilities())
      skip(this, 'this machine was not given all capabilities, so Docker has not all to pass on');
    const may = await has('privileged');
    assert.deepEqual([may(SYS_ADMIN), may(NET_RAW)], [true, true]);
  });

  it('allowPrivilegeEscalation false keeps processes from getting more than they have', async () => {
    assert.match(await output('no-escalation'), /NoNewPrivs:\s+1/);
  });

  it("opens the node's processes and IPC to a pod that asks, or the pod's own to each other", async () => {
    const own = ['pid', 'ipc'].map((kind) => readlinkSync(`/proc/${process.pid}/ns/${kind}`));
    assert.equal(await output('host-namespaces'), `${own.join('\n')}\n`);
    assert.match(await output('shared-processes'), / 1 .*\/pause/);
  });

  it('sets the kernel parameters and the seccomp profile it names', async () => {
    assert.equal(await output('sysctl'), '99\n');
    assert.match(await output('unconfined'), /Seccomp:\s+0/);
    assert.match(await output('plain'), /Seccomp:\s+2/);
  });
});

function hasAllCapabilities(): boolean {
  const last = BigInt(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  const own = /CapBnd:\s*([0-9a-f]+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return BigInt(`0x${own}`) === (1n << (last + 1n)) - 1n;
}
