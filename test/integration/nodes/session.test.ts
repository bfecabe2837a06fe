import assert from 'node:assert/strict';
import type { Uplink } from '../../../src/agent/uplink/uplink.ts';
import { CONFIG_MAP } from '../../../src/api/kinds/config-map.ts';
import { LEASE } from '../../../src/api/kinds/lease.ts';
import { NODE } from '../../../src/api/kinds/node.ts';
import { POD } from '../../../src/api/kinds/pod.ts';
import { SECRET } from '../../../src/api/kinds/secret.ts';
import type { NodeCondition, Pod } from '../../../src/api/types.ts';
import { RpcClient } from '../../../src/rpc/client.ts';
import { eventually } from '../../lib/eventually.ts';
import { Cleanup, enroll, machine, startAgent, startMaster, type TestMaster, Wire } from './harness.ts';

function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? '';
}

function readyOf(node: { status?: { conditions?: NodeCondition[] } }): NodeCondition | undefined {
  return node.status?.conditions?.find(({ type }) => type === 'Ready');
}

describe('a node’s session', () => {
  const cleanup = new Cleanup();
  let master: TestMaster;

  beforeEach(async () => {
    master = cleanup.add(await startMaster(await cleanup.dir()));
  });
  afterEach(() => cleanup.run());

  async function agent(name: string, dir?: string): Promise<Uplink> {
    const token = master.tokens.createLocal();
    return cleanup.add(await startAgent({ dir: dir ?? (await cleanup.dir()), master: master.address, name, token }));
  }

  it('makes the Node with labels, a pod CIDR of its own and a Ready status', async () => {
    const [one, two] = [await agent('pi-1'), await agent('pi-2')];
    const nodes = await eventually(async () => {
      const found = [await master.node('pi-1'), await master.node('pi-2')];
      for (const node of found) assert.equal(readyOf(node)?.status, 'True');
      return found;
    });
    assert.equal(nodes[0]?.metadata.labels?.['kubernetes.io/arch'], 'arm64');
    assert.equal(nodes[0]?.status?.capacity?.cpu, '4');
    assert.deepEqual(new Set(nodes.map((node) => node.spec.podCIDR)), new Set(['10.42.0.0/24', '10.42.1.0/24']));
    await eventually(() => assert.ok(one.node?.spec.podCIDR && two.node?.spec.podCIDR));
    assert.equal(one.settings?.clusterDomain, 'cluster.local');
    await eventually(async () => {
      assert.equal((await master.node('pi-1')).spec.taints, undefined);
      const lease = await master.client.get(LEASE, { namespace: 'kube-node-lease', name: 'pi-1' });
      assert.equal(lease.spec?.holderIdentity, 'pi-1');
    });
  });

  it('brings a snapshot of the node’s pods and of what they name, and nothing else', async () => {
    const meta = (name: string) => ({ name, namespace: 'default' });
    await master.client.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata: meta('mine'), data: {} });
    await master.client.create(SECRET, { apiVersion: 'v1', kind: 'Secret', metadata: meta('theirs'), data: {} });
    const volumes = [{ name: 'v', secret: { secretName: 'mine' } }];
    const pod = await master.createPod('one', 'pi-1', { volumes });
    await master.createPod('other', 'pi-2', { volumes: [{ name: 'v', secret: { secretName: 'theirs' } }] });
    const { assignments } = await agent('pi-1');
    await eventually(() => assert.ok(assignments.isComplete));
    assert.deepEqual([...assignments.pods.keys()], [uidOf(pod)]);
    assert.ok(assignments.secret('default', 'mine'));
    assert.equal(assignments.secret('default', 'theirs'), undefined);
  });

  it('tells each node where the others’ pods are, and nothing else of them', async () => {
    const one = await agent('pi-1');
    await eventually(() => assert.ok(one.assignments.isComplete));
    assert.deepEqual(one.peers, []);
    let calls = 0;
    one.onPeers(() => (calls += 1));
    const two = await agent('pi-2');
    const podCIDR = await eventually(async () => {
      const { spec } = await master.node('pi-2');
      assert.deepEqual(
        one.peers.map((peer) => [peer.metadata, peer.spec]),
        [[{ name: 'pi-2' }, { podCIDR: spec.podCIDR, internalIP: '127.0.0.1' }]],
      );
      return spec.podCIDR;
    });
    assert.deepEqual(
      two.peers.map(({ metadata }) => metadata.name),
      ['pi-1'],
    );
    const moved = machine('pi-2');
    const addresses = [{ type: 'InternalIP', address: '192.168.77.99' }];
    two.reportNode({ ...moved, status: { ...moved.status, addresses } });
    await eventually(() => assert.deepEqual(one.peers[0]?.spec, { podCIDR, internalIP: '192.168.77.99' }));
    await master.client.delete(NODE, { namespace: '', name: 'pi-2' });
    await two.stop();
    await eventually(() => assert.ok(one.peers.every(({ spec }) => spec.internalIP !== '192.168.77.99')));
    assert.ok(calls >= 3);
  });

  it('follows what changes: pods that come and go, and ConfigMaps that they name', async () => {
    const { assignments } = await agent('pi-1');
    await eventually(() => assert.ok(assignments.isComplete));
    const told: string[] = [];
    assignments.subscribe((uid) => told.push(uid));
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
    const pod = await master.createPod('one', 'pi-1', { containers: [{ name: 'main', image: 'x', env }] });
    await eventually(() => assert.ok(assignments.pods.has(uidOf(pod))));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' } };
    await master.client.create(CONFIG_MAP, { ...map, data: { a: '1' } });
    await eventually(() => assert.equal(assignments.configMap('default', 'settings')?.data?.a, '1'));
    await master.client.update(CONFIG_MAP, { ...map, data: { a: '2' } });
    await eventually(() => assert.equal(assignments.configMap('default', 'settings')?.data?.a, '2'));
    assert.deepEqual(told, [uidOf(pod), uidOf(pod), uidOf(pod)]);
    await master.client.delete(POD, { namespace: 'default', name: 'one' }, { gracePeriodSeconds: 0 });
    await eventually(() => assert.equal(assignments.pods.size, 0));
    await eventually(() => assert.equal(assignments.configMap('default', 'settings'), undefined));
  });

  it('takes a pod’s status, and removes a deleted pod when the node says that it is gone', async () => {
    const { assignments, reports } = await agent('pi-1');
    const pod = await master.createPod('one', 'pi-1');
    await eventually(() => assert.ok(assignments.pods.has(uidOf(pod))));
    reports.podStatus(pod, { phase: 'Running', podIP: '10.42.0.2' });
    await eventually(async () => assert.equal((await master.pod('one')).status?.podIP, '10.42.0.2'));
    reports.event({ pod, fieldPath: 'spec.containers{main}', type: 'Normal', reason: 'Started', message: 'm' });
    const aboutPods = () => master.events.filter(({ about }) => about === 'one');
    await eventually(() => assert.deepEqual(aboutPods(), [{ about: 'one', reason: 'Started', host: 'pi-1' }]));
    await master.client.delete(POD, { namespace: 'default', name: 'one' });
    await eventually(() => assert.ok(assignments.pods.get(uidOf(pod))?.metadata.deletionTimestamp));
    reports.podStatus(pod, { phase: 'Succeeded' });
    reports.podGone(pod);
    await eventually(() => assert.rejects(master.pod('one'), { reason: 'NotFound' }));
    await eventually(() => assert.equal(assignments.pods.size, 0));
  });

  it('does not remove a pod that nobody deleted', async () => {
    const { assignments, reports } = await agent('pi-1');
    const pod = await master.createPod('one', 'pi-1');
    await eventually(() => assert.ok(assignments.pods.has(uidOf(pod))));
    reports.podGone(pod);
    reports.podStatus(pod, { phase: 'Running' });
    await eventually(async () => assert.equal((await master.pod('one')).status?.phase, 'Running'));
  });

  it('lets a node say nothing about another node’s pods', async () => {
    await agent('pi-1');
    const thief = await agent('pi-2');
    const pod = await master.createPod('one', 'pi-1');
    const own = await master.createPod('two', 'pi-2');
    await master.client.delete(POD, { namespace: 'default', name: 'one' });
    await eventually(() => assert.ok(thief.assignments.isComplete));
    thief.reports.podStatus(pod, { phase: 'Failed' });
    thief.reports.podGone(pod);
    thief.reports.event({ pod, fieldPath: '', type: 'Warning', reason: 'Lie', message: 'm' });
    thief.reports.podStatus(own, { phase: 'Running' });
    await eventually(async () => assert.equal((await master.pod('two')).status?.phase, 'Running'));
    const after = await master.pod('one');
    assert.notEqual(after.status?.phase, 'Failed');
    assert.deepEqual(
      master.events.filter(({ reason }) => reason === 'Lie'),
      [],
    );
  });

  it('comes back after the master was away, tells everything anew and learns what it missed', async () => {
    const dir = await cleanup.dir();
    const port = master.port;
    const first = await startMaster(dir);
    const wire = { port: first.port };
    assert.notEqual(wire.port, port);
    const uplink = cleanup.add(
      await startAgent({
        dir: await cleanup.dir(),
        master: first.address,
        name: 'pi-1',
        token: first.tokens.createLocal(),
      }),
    );
    const kept = await first.createPod('kept', 'pi-1');
    await eventually(() => assert.ok(uplink.assignments.pods.has(uidOf(kept))));
    await first.stop();
    uplink.reports.podStatus(kept, { phase: 'Running', podIP: '10.42.0.9' });
    const second = cleanup.add(await startMaster(dir, { port: wire.port }));
    const missed = await second.createPod('missed', 'pi-1');
    await eventually(async () => assert.equal((await second.pod('kept')).status?.podIP, '10.42.0.9'));
    await eventually(() => assert.ok(uplink.assignments.pods.has(uidOf(missed))));
  });

  it('registers anew when its Node was deleted', async () => {
    await agent('pi-1');
    const before = await eventually(() => master.node('pi-1'));
    await master.client.delete(NODE, { namespace: '', name: 'pi-1' });
    await eventually(async () => assert.notEqual((await master.node('pi-1')).metadata.uid, before.metadata.uid));
  });

  it('is replaced by a newer one of the same node', async () => {
    const dir = await cleanup.dir();
    const token = master.tokens.createLocal();
    const { caPem, certPem, keyPem } = await enroll({ dir, master: master.address, name: 'pi-1', token });
    const client = new RpcClient({ address: master.address, caPem, identity: { certPem, keyPem } });
    const hello = { hello: { agentVersion: 'test', node: Buffer.from(JSON.stringify(machine('pi-1'))) } };
    const open = async () => {
      const session = client.session();
      const messages = session[Symbol.asyncIterator]();
      await session.write(hello);
      assert.ok((await messages.next()).value?.welcome);
      return messages;
    };
    const older = await open();
    await open();
    await assert.rejects(
      async () => {
        while (!(await older.next()).done);
      },
      { reason: 'Conflict' },
    );
    client.close();
  });

  it('must begin with a hello that is a Node', async () => {
    const dir = await cleanup.dir();
    const token = master.tokens.createLocal();
    const { caPem, certPem, keyPem } = await enroll({ dir, master: master.address, name: 'pi-1', token });
    const client = new RpcClient({ address: master.address, caPem, identity: { certPem, keyPem } });
    for (const first of [{ heartbeat: {} }, { hello: { agentVersion: '', node: Buffer.from('x') } }]) {
      const session = client.session();
      await session.write(first);
      await assert.rejects(session[Symbol.asyncIterator]().next(), { reason: 'BadRequest' });
    }
    client.close();
  });
});

describe('a lost node', () => {
  const cleanup = new Cleanup();
  afterEach(() => cleanup.run());
  const keepalive = { idleMs: 200, timeoutMs: 300 };

  it('is noticed by both ends when the wire goes dead without a word', async () => {
    const master = cleanup.add(await startMaster(await cleanup.dir(), { keepalive }));
    const wire = await Wire.to(master.port);
    cleanup.add({ stop: () => wire.close() });
    const token = master.tokens.createLocal();
    const dir = await cleanup.dir();
    const uplink = cleanup.add(await startAgent({ dir, master: wire.address, name: 'pi-1', token, keepalive }));
    await eventually(() => assert.ok(uplink.assignments.isComplete && master.sessions.isConnected('pi-1')));
    const cutAt = Date.now();
    wire.cut();
    await eventually(() => assert.equal(master.sessions.isConnected('pi-1'), false));
    assert.ok(Date.now() - cutAt < 3_000);
  });

  it('is that by its silence, not by a broken session, and ready and clean when it is back', async () => {
    const graceMs = 4_000;
    const master = cleanup.add(await startMaster(await cleanup.dir(), { graceMs }));
    // As long as one other is well, it is not the master that is cut off.
    const other = {
      dir: await cleanup.dir(),
      master: master.address,
      name: 'pi-2',
      token: master.tokens.createLocal(),
    };
    cleanup.add(await startAgent(other));
    const dir = await cleanup.dir();
    const options = { dir, master: master.address, name: 'pi-1', token: master.tokens.createLocal() };
    const first = await startAgent(options);
    await eventually(async () => assert.equal(readyOf(await master.node('pi-1'))?.status, 'True'));
    const pod = await master.createPod('one', 'pi-1');
    await eventually(() => assert.ok(first.assignments.pods.has(uidOf(pod))));
    const isReady = { type: 'Ready', status: 'True' } as const;
    first.reports.podStatus(pod, { phase: 'Running', conditions: [isReady] });
    await eventually(async () => assert.equal((await master.pod('one')).status?.phase, 'Running'));
    const leftAt = Date.now();
    await first.stop();
    await eventually(() => assert.equal(master.sessions.isConnected('pi-1'), false));
    assert.equal(readyOf(await master.node('pi-1'))?.status, 'True');
    const lost = await eventually(async () => {
      const node = await master.node('pi-1');
      assert.deepEqual(
        node.spec.taints?.map(({ key, effect }) => `${key}:${effect}`),
        ['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute'],
      );
      return node;
    });
    const took = Date.now() - leftAt;
    assert.ok(took > graceMs * 0.6 && took < graceMs + 2_000, `${took} ms`);
    assert.equal(readyOf(lost)?.message, 'Kubelet stopped posting node status.');
    await eventually(async () => assert.equal((await master.pod('one')).status?.conditions?.[0]?.status, 'False'));
    const told = master.events.map(({ about, reason }) => `${about} ${reason}`);
    for (const line of ['pi-1 RegisteredNode', 'pi-1 NodeReady', 'pi-1 NodeNotReady', 'one NodeNotReady']) {
      assert.ok(told.includes(line), `${line} is missing in ${told.join(', ')}`);
    }
    const second = cleanup.add(await startAgent(options));
    await eventually(() => assert.ok(second.assignments.pods.has(uidOf(pod))));
    second.reports.podStatus(pod, { phase: 'Running', conditions: [isReady] });
    await eventually(async () => {
      const node = await master.node('pi-1');
      assert.equal(readyOf(node)?.status, 'True');
      assert.equal(node.spec.taints, undefined);
      assert.equal((await master.pod('one')).status?.conditions?.[0]?.status, 'True');
    });
  });

  it('drives no pods away when it is the last one: then it is the master that is cut off', async () => {
    const master = cleanup.add(await startMaster(await cleanup.dir(), { graceMs: 2_000 }));
    const agents = [];
    for (const name of ['pi-1', 'pi-2']) {
      const token = master.tokens.createLocal();
      agents.push(await startAgent({ dir: await cleanup.dir(), master: master.address, name, token }));
    }
    for (const name of ['pi-1', 'pi-2']) {
      await eventually(async () => assert.equal(readyOf(await master.node(name))?.status, 'True'));
    }
    await Promise.all(agents.map((agent) => agent.stop()));
    for (const name of ['pi-1', 'pi-2']) {
      await eventually(async () => assert.equal(readyOf(await master.node(name))?.status, 'Unknown'));
      await eventually(async () => {
        const taints = (await master.node(name)).spec.taints ?? [];
        assert.deepEqual(
          taints.map(({ effect }) => effect),
          ['NoSchedule'],
        );
      });
    }
  });
});
