import assert from 'node:assert/strict';
import type { Service } from '../../../src/api/types.ts';
import type { Lab } from '../../lab/lab.ts';
import { eventually } from '../../lib/eventually.ts';
import { sharedLab } from './shared-lab.ts';
import { TalkingPods } from './talking-pods.ts';

const LOCAL = { externalTrafficPolicy: 'Local' } as const;

/**
 * Services of one pod each: of two on n1, one on n2 (once more with policy Local), and of none. The external addresses are
 * documentation's own (RFC 5737), for which the client has routes.
 */
const SERVICES: Readonly<Record<string, { readonly pod: string; readonly spec: Partial<Service['spec']> }>> = {
  here: { pod: 'on-n1', spec: { type: 'NodePort', externalIPs: ['203.0.113.1'] } },
  beside: { pod: 'also-on-n1', spec: {} },
  there: { pod: 'on-n2', spec: { type: 'NodePort', externalIPs: ['203.0.113.2'] } },
  'there-only': { pod: 'on-n2', spec: { type: 'NodePort', externalIPs: ['203.0.113.3'], ...LOCAL } },
  balanced: { pod: 'on-n2', spec: { type: 'LoadBalancer', ports: [{ port: 28_081, targetPort: 8080 }] } },
  'balanced-local': {
    pod: 'on-n2',
    spec: { type: 'LoadBalancer', ports: [{ port: 28_082, targetPort: 8080 }], ...LOCAL },
  },
  nowhere: { pod: 'on-no-node', spec: { type: 'NodePort' } },
};
const EXTERNAL_PORT = 8080;

type Target = readonly [address: string, port: number];

describe('a pod behind a Service of three nodes', () => {
  let lab: Lab;
  let pods: TalkingPods;
  const services = new Map<string, Service>();
  const spec = (name: string) => services.get(name)?.spec;
  const lan = (node: string) => lab.host(node).address;
  const pod = (name: string) => pods.ipOf(name);
  /** A node in its own pod network. */
  const bridge = (node: string) => pods.ipOf(`on-${node}`).replace(/\d+$/, '1');

  const clusterIp = (name: string) => (): Target => [spec(name)?.clusterIP ?? '', EXTERNAL_PORT];
  const external = (name: string) => (): Target => [spec(name)?.externalIPs?.[0] ?? '', EXTERNAL_PORT];
  const balanced = (name: string, node: string) => (): Target => [lan(node), spec(name)?.ports?.[0]?.port ?? 0];
  const nodePort = (name: string, node: string) => (): Target => [
    node === 'loopback' ? '127.0.0.1' : lan(node),
    spec(name)?.ports?.[0]?.nodePort ?? 0,
  ];
  const ask = (from: string, [address, port]: Target) =>
    lab.hosts.has(from) ? pods.seenFromNode(lab.host(from), address, port) : pods.seenFromPod(from, address, port);

  const CASES: readonly [title: string, from: string, to: () => Target, seen: () => string][] = [
    ['a pod of its node, at the cluster IP', 'on-n1', clusterIp('beside'), () => pod('on-n1')],
    ['a pod of another node, at the cluster IP', 'on-n1', clusterIp('there'), () => pod('on-n1')],
    ['itself, at the cluster IP, as the bridge', 'on-n1', clusterIp('here'), () => bridge('n1')],
    ['its node, at the cluster IP, as the bridge', 'n1', clusterIp('here'), () => bridge('n1')],
    ['another node, at the cluster IP, as its bridge', 'n1', clusterIp('there'), () => bridge('n1')],
    ['a client outside, at its node’s port, as the bridge', 'client', nodePort('here', 'n1'), () => bridge('n1')],
    ['a client outside, at another node’s port, as that node', 'client', nodePort('there', 'n1'), () => lan('n1')],
    ['a client outside, with policy Local, as itself', 'client', nodePort('there-only', 'n2'), () => lan('client')],
    [
      'a pod, with policy Local, at the port of a node without one',
      'on-n1',
      nodePort('there-only', 'n1'),
      () => pod('on-n1'),
    ],
    ['a node, with policy Local, at its port without a pod', 'n1', nodePort('there-only', 'n1'), () => lan('n1')],
    ['a pod of another node, at its node’s port, as the bridge', 'on-n1', nodePort('there', 'n2'), () => bridge('n2')],
    ['a pod of another node, with policy Local, as that node', 'on-n1', nodePort('there-only', 'n2'), () => lan('n1')],
    ['its node, at the port on 127.0.0.1, as the bridge', 'n1', nodePort('here', 'loopback'), () => bridge('n1')],
    ['another node, at the port on 127.0.0.1', 'n1', nodePort('there', 'loopback'), () => lan('n1')],
    ['a client outside, at an external address, as the bridge', 'client', external('here'), () => bridge('n1')],
    ['a client outside, at an external address of another node', 'client', external('there'), () => lan('n1')],
    ['a client outside, at one with policy Local, as itself', 'client', external('there-only'), () => lan('client')],
    ['a pod, at an external address, as its node', 'on-n1', external('there'), () => lan('n1')],
    ['a pod, at one with policy Local, as itself', 'on-n1', external('there-only'), () => pod('on-n1')],
    [
      'a client outside, of a balancer at its node, as the bridge',
      'client',
      balanced('balanced', 'n2'),
      () => bridge('n2'),
    ],
    ['a client outside, of a balancer at another node', 'client', balanced('balanced', 'n1'), () => lan('n1')],
    [
      'a client outside, of one with policy Local, as itself',
      'client',
      balanced('balanced-local', 'n2'),
      () => lan('client'),
    ],
    [
      'a pod, of a balancer with policy Local, as itself',
      'on-n1',
      balanced('balanced-local', 'n2'),
      () => pod('on-n1'),
    ],
  ];

  before('build the lab, pods and Services', async function () {
    this.timeout(300_000);
    lab = await sharedLab();
    pods = new TalkingPods(lab, 'client-addresses');
    await pods.start(['n1', 'n1', 'n2']);
    for (const [name, { pod, spec }] of Object.entries(SERVICES)) services.set(name, await pods.serve(pod, name, spec));
    await lab
      .host('client')
      .machine.shell(
        'ip route replace 203.0.113.0/29 via $1; ip route replace 203.0.113.3 via $2',
        lan('n1'),
        lan('n2'),
      );
  });

  after('take them away', async () => {
    await lab?.host('client').machine.shell('ip route flush root 203.0.113.0/29');
    await pods?.remove();
  });

  for (const [title, from, to, seen] of CASES)
    it(`sees ${title}`, () => eventually(async () => assert.equal(await ask(from, to()), seen())));

  it('is not reached through a node without it where the policy is Local', async () => {
    // curl timed out; a balancer does not even name that node, which then refuses as any machine.
    await assert.rejects(ask('client', nodePort('there-only', 'n1')()), /ended with 28/);
    await assert.rejects(ask('client', balanced('balanced-local', 'n1')()), /ended with (7|28):/);
  });

  it('is refused at once at every node while there is none', async () => {
    for (const { name } of lab.nodes)
      await eventually(() => assert.rejects(ask('client', nodePort('nowhere', name)()), /ended with 7:/)); // curl: refused
    await assert.rejects(ask('on-n1', clusterIp('nowhere')()), /exit code 7/);
  });
});
