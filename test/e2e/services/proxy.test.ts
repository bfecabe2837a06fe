import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { installedKubectls, type Kubectl } from '../../lib/kubectl.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';

/** The first line on stdout of a kubectl that goes on running. */
async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout) for await (const line of createInterface(child.stdout)) return line;
  throw new Error('kubectl ended without a word');
}

describe('servers through the API', () => {
  let space: PodSpace;
  const children: ChildProcess[] = [];
  const start = (kubectl: Kubectl, args: readonly string[]) => {
    const child = spawn(kubectl.path, ['--kubeconfig', cluster.kubeconfig, '--namespace', space.namespace, ...args]);
    children.push(child);
    return child;
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'proxy');
    const labels = { app: 'echo' };
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
    const container = { name: 'main', image: 'alicek106/rr-test:echo-hostname', readinessProbe };
    await space.apply(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'echo', labels },
        spec: { terminationGracePeriodSeconds: 1, containers: [container] },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'echo' },
        spec: { selector: labels, ports: [{ name: 'web', port: 8080, targetPort: 80 }] },
      },
    );
    await space.ready('echo');
  });
  after(async () => {
    for (const child of children) child.kill();
    await space.close();
  });

  for (const kubectl of [...new Set([installedKubectls()[0], installedKubectls().at(-1)])]) {
    if (!kubectl) continue;
    const path = () => `/api/v1/namespaces/${space.namespace}/services/echo:web/proxy/`;

    it(`answer kubectl ${kubectl.version} get --raw`, async () => {
      assert.match(await space.ok(['get', '--raw', path()], { kubectl }), /Hello, *echo/);
    });

    it(`answer a browser by way of kubectl ${kubectl.version} proxy`, async () => {
      const address = /127\.0\.0\.1:\d+/.exec(await firstLine(start(kubectl, ['proxy', '--port=0'])))?.[0];
      assert.match(await (await fetch(`http://${address}${path()}`)).text(), /Hello, *echo/);
    });

    it(`answer by way of kubectl ${kubectl.version} port-forward svc/echo`, async () => {
      const address = /127\.0\.0\.1:\d+/.exec(
        await firstLine(start(kubectl, ['port-forward', 'svc/echo', ':8080'])),
      )?.[0];
      assert.match(await (await fetch(`http://${address}/`)).text(), /Hello, *echo/);
    });

    it(`are what kubectl ${kubectl.version} cluster-info names`, async () => {
      const said = await space.ok(['cluster-info'], { kubectl });
      assert.match(said, /Kubernetes (control plane|master).*is running at.*https:\/\/\S+:\d+/);
    });
  }
});
