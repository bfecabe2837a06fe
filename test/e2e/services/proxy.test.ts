import assert from 'node:assert/strict';
import { type Kubectl, outermostKubectls } from '../../lib/kubectl.ts';
import { type KubectlServer, startServer } from '../../lib/kubectl-server.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { cluster } from '../setup/shared-cluster.ts';
import { HELLO_IMAGE } from './hello.ts';

describe('servers through the API', () => {
  let space: PodSpace;
  const servers: KubectlServer[] = [];
  const start = async (kubectl: Kubectl, args: readonly string[]) => {
    const place = ['--kubeconfig', cluster.kubeconfig, '--namespace', space.namespace];
    const server = await startServer(kubectl, [...place, ...args]);
    servers.push(server);
    return server;
  };

  before(async () => {
    space = await PodSpace.open(cluster, 'proxy');
    const labels = { app: 'echo' };
    const readinessProbe = { httpGet: { port: 80 }, periodSeconds: 1 };
    const container = { name: 'main', image: HELLO_IMAGE, readinessProbe };
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
    for (const server of servers) server.stop();
    await space.close();
  });

  for (const kubectl of outermostKubectls()) {
    const path = () => `/api/v1/namespaces/${space.namespace}/services/echo:web/proxy/`;

    it(`answer kubectl ${kubectl.version} get --raw`, async () => {
      assert.match(await space.ok(['get', '--raw', path()], { kubectl }), /Hello, *echo/);
    });

    it(`answer a browser by way of kubectl ${kubectl.version} proxy`, async () => {
      const { url } = await start(kubectl, ['proxy', '--port=0']);
      assert.match(await (await fetch(`${url}${path()}`)).text(), /Hello, *echo/);
    });

    it(`answer by way of kubectl ${kubectl.version} port-forward svc/echo`, async () => {
      const { url } = await start(kubectl, ['port-forward', 'svc/echo', ':8080']);
      assert.match(await (await fetch(`${url}/`)).text(), /Hello, *echo/);
    });

    it(`are what kubectl ${kubectl.version} cluster-info names`, async () => {
      const said = await space.ok(['cluster-info'], { kubectl });
      assert.match(said, /Kubernetes (control plane|master).*is running at.*https:\/\/\S+:\d+/);
    });
  }
});
