import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { Haproxy } from '../../../src/agent/ingress/haproxy.ts';
import { ingressFolder } from '../../../src/agent/ingress/haproxy-config.ts';
import type { Node } from '../../../src/api/types.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { eventually } from '../../lib/eventually.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { ingress, Load, rule } from './ingress-front.ts';

const HOST = 'busy.example';

/** Pods of a web server that, told to stop, ends at once. */
function workload(version: string): object[] {
  const labels = { app: 'busy' };
  const container = {
    name: 'main',
    image: 'nginx:latest',
    env: [{ name: 'VERSION', value: version }],
    readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 },
  };
  const template = { metadata: { labels }, spec: { containers: [container] } };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'busy' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'busy' },
      spec: { selector: labels, ports: [{ port: 80 }] },
    },
  ];
}

describe('Ingresses that are in use', function () {
  this.timeout(300_000);
  let space: PodSpace;
  let proxy: Haproxy;
  const web = () => ingress('busy', { rules: [rule(HOST, ['/', 'Prefix', 'busy'])] });
  const serving = async () => (await proxy.observe())?.pid;
  const condition = async () => {
    const node = await cluster.api.get<Node>(`/api/v1/nodes/${cluster.nodeName}`);
    return node.status?.conditions?.find(({ type }) => type === 'IngressUnavailable');
  };
  /** Load as long as `work` lasts, and no failure of it. */
  const underLoad = async (work: () => Promise<void>) => {
    const load = new Load(cluster.ingressPorts.http, HOST);
    try {
      await work();
    } finally {
      await load.end();
    }
    assert.deepEqual(load.failures, []);
    assert.ok(load.answered > 20, `${load.answered} answers are no load`);
  };
  const answers = () =>
    eventually(async () => {
      const load = new Load(cluster.ingressPorts.http, HOST);
      await load.end();
      assert.deepEqual(load.failures, []);
    });

  before(async () => {
    space = await PodSpace.open(cluster, 'unbroken');
    proxy = new Haproxy(ingressFolder(cluster.agentDataDir), { clock: systemClock, onEnd: () => {} });
    await space.apply(...workload('1'), web());
    await space.ok(['rollout', 'status', 'deployment/busy', '--timeout=90s']);
    await answers();
  });

  after(async () => {
    proxy.close();
    await space.close();
  });

  it('lose no request in twenty changes of rules', async () => {
    await underLoad(async () => {
      for (let change = 1; change <= 20; change++) {
        const before = await serving();
        await space.apply(ingress('other', { rules: [rule(`h${change}.example`, ['/', 'Prefix', 'busy'])] }));
        await eventually(async () => assert.notEqual(await serving(), before));
      }
    });
    await space.ok(['delete', 'ingress', 'other']);
    // Taken in, too: the tests below look at one process.
    await eventually(async () => {
      const load = new Load(cluster.ingressPorts.http, 'h20.example');
      await load.end();
      assert.deepEqual([...new Set(load.failures)], ['404']);
    });
  });

  it('lose no request in a rollout, which is told to the proxy that runs', async () => {
    const before = await serving();
    await underLoad(async () => {
      await space.apply(...workload('2'));
      await space.ok(['rollout', 'status', 'deployment/busy', '--timeout=120s']);
      await eventually(async () =>
        assert.equal((await space.ok(['get', 'pods', '-l', 'app=busy', '-o', 'name'])).trim().split('\n').length, 2),
      );
    });
    assert.equal(await serving(), before);
  });

  it('are served on while the agent is killed, by a process that it finds again', async () => {
    const before = await serving();
    await underLoad(async () => {
      await cluster.kill('agent');
      await cluster.startAgent();
      // What the master knows of the node may be of the agent that was killed. Only its successor can bring pods up.
      await space.ok(['rollout', 'restart', 'deployment/busy']);
      await space.ok(['rollout', 'status', 'deployment/busy', '--timeout=120s']);
      await eventually(async () => assert.equal((await condition())?.reason, 'IngressServed'));
    });
    assert.equal(await serving(), before);
    // It is looked after as before: what changes now is served.
    await space.apply(ingress('later', { rules: [rule('later.example', ['/', 'Prefix', 'busy'])] }));
    await eventually(async () => {
      const load = new Load(cluster.ingressPorts.http, 'later.example');
      await load.end();
      assert.deepEqual(load.failures, []);
    });
    await space.ok(['delete', 'ingress', 'later']);
  });

  it('are served again without the master, from what the agent has kept, when all was killed', async () => {
    const killed = await eventually(async () => (await serving()) ?? assert.fail('none runs'));
    await cluster.kill('master');
    await cluster.kill('agent');
    process.kill(killed, 'SIGKILL');
    try {
      await cluster.joinAgent('');
      await answers();
    } finally {
      await cluster.startMaster();
    }
    await eventually(async () => assert.equal((await condition())?.reason, 'IngressServed'));
  });

  it('are served again at once when the proxy was killed', async () => {
    const killed = await eventually(async () => (await serving()) ?? assert.fail('none runs'));
    process.kill(killed, 'SIGKILL');
    await eventually(async () => {
      const pid = await serving();
      assert.ok(pid !== undefined && pid !== killed);
    });
    await answers();
  });

  it('are served by nothing once the last one is gone', async () => {
    await space.ok(['delete', 'ingress', 'busy']);
    await eventually(async () => assert.deepEqual([await serving(), await proxy.processes()], [undefined, []]), 90_000);
    await eventually(async () => assert.equal((await condition())?.reason, 'NoIngress'));
    await space.apply(web());
    await answers();
  });

  it('wait for a port that another program has, and the node says so', async () => {
    await space.ok(['delete', 'ingress', 'busy']);
    await eventually(async () => assert.equal(await serving(), undefined));
    const other = createServer();
    await new Promise<void>((done) => other.listen(cluster.ingressPorts.http, '0.0.0.0', done));
    await space.apply(web());
    await eventually(async () => {
      const found = await condition();
      assert.deepEqual([found?.status, found?.reason], ['True', 'PortInUse']);
      assert.match(found?.message ?? '', /is in use by another program .*--ingress-http-port/);
    });
    await eventually(async () =>
      assert.equal(
        (await space.ok(['get', 'ingress', 'busy', '-o', 'jsonpath={.status.loadBalancer.ingress}'])).trim(),
        '',
      ),
    );
    await new Promise((done) => other.close(done));
    await eventually(async () => assert.equal((await condition())?.status, 'False'), 60_000);
    await answers();
  });
});
