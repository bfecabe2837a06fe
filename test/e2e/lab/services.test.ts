import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod, Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { fixture } from '../../lib/fixture.ts';
import { newestKubectl } from '../../lib/kubectl.ts';
import { assertShows } from '../../lib/screen.ts';
import { playOnTerminal } from '../../lib/terminal.ts';
import { PodSpace } from '../pods/pod-space.ts';
import { allAnswer, helloOf } from '../services/hello.ts';
import { sharedLab } from './shared-lab.ts';

const CLUSTER_IP = 'hostname-svc-clusterip';
const NODE_PORT = 'hostname-svc-nodeport';

describe('Services of a Deployment on three nodes', () => {
  let lab: Lab;
  let space: PodSpace<Lab>;
  const apply = (name: string) => space.ok(['apply', '-f', fixture(name)]);
  const patch = (service: string, spec: object) =>
    space.ok(['patch', 'service', service, '--type=merge', '-p', JSON.stringify({ spec })]);
  const get = async (name: string): Promise<Service> => JSON.parse(await space.ok(['get', 'svc', name, '-o', 'json']));
  const portOf = async (name: string) => (await get(name)).spec.ports?.[0]?.nodePort ?? 0;
  const podsOf = async (app: string): Promise<Pod[]> =>
    JSON.parse(await space.ok(['get', 'pods', '-l', `app=${app}`, '-o', 'json'])).items;
  const names = async () => (await podsOf('webserver')).map(({ metadata }) => metadata.name);
  /** From a machine of the LAN that is no node. */
  const outside = (url: string, ...args: string[]) =>
    lab.host('client').run('curl', ['-sS', '-m', '5', ...args, url], { timeoutMs: 20_000 });

  before('build the lab and the Deployment', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    space = await PodSpace.open(lab, 'hostname');
    assert.equal(await apply('hostname-deployment.yaml'), 'deployment.apps/hostname-deployment created\n');
    await space.ok(['rollout', 'status', 'deployment/hostname-deployment', '--timeout=120s']);
    assert.deepEqual((await podsOf('webserver')).map(({ spec }) => spec.nodeName).sort(), ['n1', 'n2', 'n3']);
  });

  after(() => space?.close());

  it('have an address of the cluster’s', async () => {
    assert.equal(await apply('hostname-svc-clusterip.yaml'), `service/${CLUSTER_IP} created\n`);
    assertShows(
      await space.ok(['get', 'svc']),
      `NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n${CLUSTER_IP} ClusterIP <ip> <none> 8080/TCP <age>`,
    );
    assert.match((await get(CLUSTER_IP)).spec.clusterIP ?? '', /^10\.43\./);
  });

  it('answer at address and name with all pods, to a terminal in a pod that goes with its shell', async () => {
    const { clusterIP } = (await get(CLUSTER_IP)).spec;
    const command = 'run -i --tty --rm debug --image=alicek106/ubuntu:curl --restart=Never -- bash'.split(' ');
    const place = ['--kubeconfig', lab.kubeconfig, '--namespace', space.namespace];
    // By chance one of three pods stays out of 60 answers once in 10^10 times.
    const curls = (host: string) => `for ((i = 0; i < 60; i++)); do curl ${host}:8080 --silent | grep Hello; done`;
    const steps = [
      'expect:# ',
      'send:alias grep="busybox grep"; [ -t 0 ] && [ -t 1 ] && echo "on a" terminal',
      'expect:on a terminal',
      ...[clusterIP ?? '', CLUSTER_IP].flatMap((host) => [
        `send:${curls(host)}; echo "that was" ${host}`,
        `expect:that was ${host}`,
      ]),
      'send:exit',
    ];
    const { code, shown } = await playOnTerminal([newestKubectl().path, ...place, ...command], { steps });
    assert.equal(code, 0, shown);
    assert.match(shown, /pod "debug" deleted/);
    const [byAddress = '', byName = ''] = shown.split(/^that was .*$/m);
    for (const answers of [byAddress, byName]) {
      const hellos = [...answers.matchAll(/<p>Hello, *([-\w]+)<\/p>/g)].map(([, name]) => name);
      assert.equal(hellos.length, 60, shown);
      assert.deepEqual([...new Set(hellos)].sort(), (await names()).sort());
    }
    assert.match((await space.kubectl(['get', 'pod', 'debug'])).stderr, /NotFound/);
  }).timeout(180_000);

  it('show their endpoints and the master’s, and that there is something newer', async () => {
    const { stdout, stderr } = await space.kubectl(['get', 'endpoints']);
    assert.equal(stderr, 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n');
    assertShows(stdout, `NAME ENDPOINTS AGE\n${CLUSTER_IP} <ip>:80,<ip>:80,<ip>:80 <age>`);
    const master = await lab.kubectl(['get', 'endpoints', 'kubernetes']);
    assertShows(master.stdout, `NAME ENDPOINTS AGE\nkubernetes ${lab.host('master').address}:6443 <age>`);
  });

  it('answer at a port of every node, to machines outside', async () => {
    assert.equal(await apply('hostname-svc-nodeport.yaml'), `service/${NODE_PORT} created\n`);
    assertShows(
      await space.ok(['get', 'svc', NODE_PORT]),
      `NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n${NODE_PORT} NodePort <ip> <none> 8080:<n>/TCP <age>`,
    );
    const port = await portOf(NODE_PORT);
    assert.ok(port >= 30_000 && port <= 32_767, String(port));
    for (const { address } of lab.nodes) await allAnswer(await names(), () => outside(`http://${address}:${port}/`));
  });

  it('take the node port that they ask for, unless somebody has it', async () => {
    const wanted = (await portOf(NODE_PORT)) === 31_999 ? 31_998 : 31_999;
    await patch(NODE_PORT, { ports: [{ name: 'web-port', port: 8080, targetPort: 80, nodePort: wanted }] });
    for (const { address } of lab.nodes)
      await eventually(async () => assert.match(await outside(`http://${address}:${wanted}/`), /Hello/));
    const { code, stderr } = await space.kubectl([
      'create',
      'service',
      'nodeport',
      'late',
      '--tcp=80',
      `--node-port=${wanted}`,
    ]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      new RegExp(
        `Service "late" is invalid: spec\\.ports\\[0\\]\\.nodePort: Invalid value: ${wanted}: provided port is already allocated`,
      ),
    );
  });

  it('keep each client with one pod when they say so', async () => {
    await patch(NODE_PORT, { sessionAffinity: 'ClientIP' });
    const [node] = lab.nodes;
    const url = `http://${node?.address}:${await portOf(NODE_PORT)}/`;
    const client = lab.host('client');
    const lan = client.address.replace(/\d+$/, '');
    // All of twenty clients draw the same pod once in 10^9 times.
    const clients = Array.from({ length: 20 }, (_, index) => `${lan}${220 + index}`);
    await client.machine.shell('for address; do ip address add $address/24 dev eth0; done', ...clients);
    try {
      const round = async () => {
        const answers: string[] = [];
        for (const address of clients) answers.push(helloOf(await outside(url, '--interface', address)));
        return answers;
      };
      // The rules of all nodes know of it at the latest when two rounds are alike.
      const first = await eventually(async () => {
        const answers = await round();
        assert.deepEqual(await round(), answers);
        return answers;
      });
      assert.deepEqual(await round(), first);
      assert.ok(new Set(first).size > 1);
    } finally {
      await client.machine.shell('for address; do ip address del $address/24 dev eth0; done', ...clients);
    }
  });

  it('let a client go when it was silent for as long as they say', async () => {
    const timeoutSeconds = 1;
    await patch(NODE_PORT, { sessionAffinityConfig: { clientIP: { timeoutSeconds } } });
    const [node] = lab.nodes;
    const ask = async () => helloOf(await outside(`http://${node?.address}:${await portOf(NODE_PORT)}/`));
    const first = await ask();
    // Fourteen draws are alike once in 10^6 times.
    const draws: string[] = [];
    while (draws.length < 14 && !draws.some((name) => name !== first)) {
      await sleep(timeoutSeconds * 1000 + 500);
      draws.push(await ask());
    }
    assert.ok(
      draws.some((name) => name !== first),
      draws.join(),
    );
    await patch(NODE_PORT, { sessionAffinity: 'None', sessionAffinityConfig: null });
  });

  it('are reached at the addresses of all nodes when they are balanced', async () => {
    const port = 28_080;
    const how = ['--name=balanced', '--type=LoadBalancer', `--port=${port}`, '--target-port=80'];
    assert.match(
      await space.ok(['expose', 'deployment', 'hostname-deployment', ...how]),
      /^service\/balanced exposed\n$/,
    );
    const addresses = lab.nodes.map(({ address }) => address);
    await eventually(async () =>
      assertShows(
        await space.ok(['get', 'svc', 'balanced']),
        `NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nbalanced LoadBalancer <ip> ${addresses} ${port}:<n>/TCP <age>`,
      ),
    );
    const pods = await names();
    for (const address of addresses) await allAnswer(pods, () => outside(`http://${address}:${port}/`));
  });

  it('are an alias when they are external', async () => {
    assert.equal(await apply('externalname-svc.yaml'), 'service/externalname-svc created\n');
    assertShows(
      await space.ok(['get', 'svc', 'externalname-svc']),
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nexternalname-svc ExternalName <none> my.database.com <none> <age>',
    );
    const dig = ['dig', '+search', '+noall', '+answer', 'externalname-svc', 'CNAME'];
    const spec = {
      containers: [{ name: 'main', image: 'alicek106/ubuntu:curl', command: dig }],
      restartPolicy: 'Never',
    };
    const pods = lab.nodes.map(({ name }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `dig-${name}` },
      spec: { ...spec, nodeName: name },
    }));
    await space.apply(...pods);
    const alias = `externalname-svc\\.${space.namespace}\\.svc\\.cluster\\.local\\.`;
    for (const { metadata } of pods) {
      await space.phase(metadata.name, 'Succeeded');
      const answer = await space.logs(metadata.name);
      assert.match(answer, new RegExp(`^${alias}\\s+\\d+\\s+IN\\s+CNAME\\s+my\\.database\\.com\\.$`, 'm'));
    }
  });
});
