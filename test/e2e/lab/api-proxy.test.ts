import assert from 'node:assert/strict';
import type { Lab } from '../../lab/lab.ts';
import { newestKubectl } from '../../lib/kubectl.ts';
import { type KubectlServer, startServer } from '../../lib/kubectl-server.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { allAnswer, helloOf } from '../services/hello.ts';
import { serversOnAllNodes } from './servers.ts';
import { sharedLab } from './shared-lab.ts';

describe('servers on three nodes through the API', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  let names: readonly string[];
  const servers: KubectlServer[] = [];
  const start = async (...args: string[]) => {
    const place = ['--kubeconfig', lab.kubeconfig, '--namespace', space.namespace];
    const server = await startServer(newestKubectl(), [...place, ...args]);
    servers.push(server);
    return server.url;
  };
  const page = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(10_000) })).text();
  const path = () => `/api/v1/namespaces/${space.namespace}/services/echo:8080/proxy/`;

  before('build the lab and the servers', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'api-proxy');
    await serversOnAllNodes(space, 'echo');
    names = (await space.ok(['get', 'pods', '-l', 'app=echo', '-o', 'jsonpath={.items[*].metadata.name}'])).split(' ');
  });

  after(async () => {
    for (const server of servers) server.stop();
    await space?.close();
  });

  it('all answer behind the path of their Service, to kubectl get --raw and by way of kubectl proxy', async () => {
    await allAnswer(names, () => space.ok(['get', '--raw', path()]));
    const url = await start('proxy', '--port=0');
    await allAnswer(names, () => page(`${url}${path()}`));
  });

  it('answer by way of port-forward to their Service, and to each of them', async () => {
    const url = await start('port-forward', 'svc/echo', ':8080');
    assert.ok(names.includes(helloOf(await page(url))));
    for (const name of names) assert.equal(helloOf(await page(await start('port-forward', name, ':80'))), name);
  });
});
