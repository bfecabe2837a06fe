import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkEngine } from '../../../src/agent/network/network-engine.ts';
import { DockerPodNetwork } from '../../../src/agent/network/pod-network.ts';
import { planRules } from '../../../src/agent/network/rules.ts';
import { DockerRuntime } from '../../../src/agent/runtime/docker.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/logger.ts';
import { aPod, DOCKER_HOST, never } from '../runtime/engine.ts';

const NETWORK = 'bramble-net-test';
const BRIDGE = 'brtest0';
const PREFIX = 'BRTEST';
const CIDR = '10.199.7.0/24';

describe('the pod network on a real engine and firewall', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bramble-network-'));
  const log = createLogger('silent');
  const runtime = new DockerRuntime({ host: DOCKER_HOST, owner: NETWORK, network: NETWORK, clock: systemClock, log });
  const open = (engine: NetworkEngine = runtime.networks) =>
    new DockerPodNetwork({
      engine,
      log,
      dataDir,
      clusterCidr: () => '10.199.0.0/16',
      networkName: NETWORK,
      bridge: BRIDGE,
      chainPrefix: PREFIX,
    });
  const network = open();
  const saved = () =>
    execFileSync('iptables-save', { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(PREFIX) && !line.startsWith(':'));
  const clear = async () => {
    for (const { id } of await runtime.list()) await runtime.removeContainer(id);
  };

  before(() => network.ensure(CIDR));
  after(async () => {
    await clear();
    await network.remove();
    rmSync(dataDir, { recursive: true });
  });
  afterEach(clear);

  it('makes the bridge on the node’s CIDR and hooks its chains before Docker’s', () => {
    assert.match(execFileSync('ip', ['-o', 'addr', 'show', BRIDGE], { encoding: 'utf8' }), /inet 10\.199\.7\.1\/24/);
    const rules = saved();
    assert.ok(rules.includes(`-A ${PREFIX}-FORWARD -s 10.199.0.0/16 -j ACCEPT`));
    assert.ok(rules.some((rule) => rule === `-A DOCKER-USER -j ${PREFIX}-FORWARD`));
    assert.ok(rules.some((rule) => rule.startsWith(`-A ${PREFIX}-POSTROUTING -s 10.199.7.0/24`)));
  });

  it('changes nothing when all is right, and heals what was flushed', async () => {
    const rules = saved();
    await network.ensure(CIDR);
    assert.deepEqual(saved(), rules);
    const all = execFileSync('iptables-save', { encoding: 'utf8' });
    const settings = { chainPrefix: PREFIX, bridge: BRIDGE, podCidr: CIDR, clusterCidr: '10.199.0.0/16' };
    assert.deepEqual(planRules(all, { ...settings, dnsPort: 10053, vxlanPeers: [] }), []);
    execFileSync('iptables', ['-w', '5', '-F', `${PREFIX}-FORWARD`]);
    execFileSync('iptables', ['-w', '5', '-D', 'DOCKER-USER', '-j', `${PREFIX}-FORWARD`]);
    await network.ensure(CIDR);
    assert.deepEqual(saved().sort(), rules.sort());
  });

  it('turns hairpin on for a pod’s port, again after it was lost', async () => {
    const pod = aPod('hairpin');
    const ip = await network.allocate(pod.metadata.uid ?? '');
    const id = await runtime.runSandbox({ pod, attempt: 0, hostname: 'hairpin', ip, mounts: [], labels: {} }, never);
    const [sandbox] = await runtime.list();
    assert.equal(sandbox?.ip, ip);
    await network.attach(sandbox?.pid ?? 0);
    const [port = ''] = execFileSync('ls', [`/sys/class/net/${BRIDGE}/brif`], { encoding: 'utf8' }).split('\n');
    const hairpin = () => readFileSync(`/sys/class/net/${port}/brport/hairpin_mode`, 'utf8').trim();
    assert.equal(hairpin(), '1');
    execFileSync('bridge', ['link', 'set', 'dev', port, 'hairpin', 'off']);
    await network.ensure(CIDR);
    assert.equal(hairpin(), '1');
    await runtime.removeContainer(id);
  });

  it('lets pods out as the node, which alone knows the way back', async () => {
    const outside = 'brtest-out';
    const ip = (...args: string[]) => execFileSync('ip', args);
    ip('netns', 'add', outside);
    ip('link', 'add', 'brtest-v0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
    ip('addr', 'add', '192.168.177.1/24', 'dev', 'brtest-v0');
    ip('link', 'set', 'brtest-v0', 'up');
    ip('-n', outside, 'addr', 'add', '192.168.177.2/24', 'dev', 'eth0');
    ip('-n', outside, 'link', 'set', 'eth0', 'up');
    const listen = ['busybox', 'nc', '-l', '-p', '8080', '-e', 'echo', 'hello'];
    const server = spawn('ip', ['netns', 'exec', outside, ...listen]);
    try {
      const pod = aPod('traveller');
      const address = await network.allocate(pod.metadata.uid ?? '');
      const spec = { pod, attempt: 0, hostname: 'traveller', ip: address, mounts: [], labels: {} };
      await runtime.runSandbox(spec, never);
      const pid = (await runtime.list())[0]?.pid ?? 0;
      const inPod = ['--net', '-t', String(pid), 'busybox', 'nc', '-w', '5', '192.168.177.2', '8080'];
      assert.equal(execFileSync('nsenter', inPod, { encoding: 'utf8', input: '' }), 'hello\n');
    } finally {
      server.kill();
      ip('netns', 'del', outside);
    }
  });

  it('keeps the addresses of a hundred pods that come at once', async () => {
    const uids = Array.from({ length: 100 }, (_, i) => `crowd-${i}`);
    const given = await Promise.all(uids.map((uid) => network.allocate(uid)));
    assert.equal(new Set(given).size, 100);
    const file = JSON.parse(readFileSync(join(dataDir, 'agent', 'addresses.json'), 'utf8'));
    assert.deepEqual(
      uids.map((uid) => file.byPod[uid]),
      given,
    );
    await Promise.all(uids.map((uid) => network.release(uid)));
  });

  it('remembers addresses over a restart and does not give one back at once', async () => {
    const first = await network.allocate('uid-1');
    const second = await network.allocate('uid-2');
    await network.release('uid-1');
    const again = open();
    await again.ensure(CIDR);
    assert.equal(await again.allocate('uid-2'), second);
    const third = await again.allocate('uid-3');
    assert.ok(third !== first && third !== second);
  });

  it('refuses to change the CIDR under running pods, and does it without them', async () => {
    const pod = aPod('blocker');
    const ip = '10.199.7.200';
    await runtime.runSandbox({ pod, attempt: 0, hostname: 'blocker', ip, mounts: [], labels: {} }, never);
    await assert.rejects(open().ensure('10.199.8.0/24'), { code: 'NetworkInUse' });
    await clear();
    await network.ensure('10.199.8.0/24');
    assert.match(execFileSync('ip', ['-o', 'addr', 'show', BRIDGE], { encoding: 'utf8' }), /inet 10\.199\.8\.1\/24/);
    assert.match(await network.allocate('uid-2'), /^10\.199\.8\./);
    await network.ensure(CIDR);
  });

  it('says what to do when the engine will not let go of a network that nobody uses', async () => {
    const refusal = new Error('network has active endpoints');
    const miscounting: NetworkEngine = {
      find: (name) => runtime.networks.find(name),
      create: (spec) => runtime.networks.create(spec),
      remove: () => Promise.reject(refusal),
    };
    const removed = open(miscounting).remove();
    await assert.rejects(removed, { code: 'EndpointsMiscounted', message: /restart docker/, cause: refusal });
    await network.ensure(CIDR);
  });

  it('leaves nothing behind when it is removed', async () => {
    await network.remove();
    assert.deepEqual(saved(), []);
    assert.equal(await runtime.networks.find(NETWORK), undefined);
    await network.remove();
    await network.ensure(CIDR);
  });
});
