import assert from 'node:assert/strict';
import type { Ingress, Node } from '../../../api/types.ts';
import { type Memory, servingAddresses, tidings, withAddresses } from './plan.ts';

function node(ip: string, conditions: Readonly<Record<string, string>>, labels: Record<string, string> = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: ip, labels },
    spec: {},
    status: {
      addresses: [{ type: 'InternalIP', address: ip }],
      conditions: Object.entries(conditions).map(([type, status]) => ({ type, status: status as 'True' })),
    },
  };
}

const SERVING = { Ready: 'True', IngressUnavailable: 'False' };

function ingress(more: Partial<Ingress> = {}): Ingress {
  const metadata = { namespace: 'shop', name: 'web', uid: 'u', generation: 1 };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec: {}, ...more };
}

describe('addresses of Ingresses', () => {
  for (const [title, found, expected] of [
    ['a node that is Ready', node('10.0.0.1', SERVING), '10.0.0.1'],
    ['one of an agent that does not tell', node('10.0.0.1', { Ready: 'True' }), '10.0.0.1'],
    ['no node that is not Ready', node('10.0.0.1', { ...SERVING, Ready: 'Unknown' }), undefined],
    ['no node that can’t serve', node('10.0.0.1', { ...SERVING, IngressUnavailable: 'True' }), undefined],
    [
      'no node that is kept out',
      node('10.0.0.1', SERVING, { 'node.kubernetes.io/exclude-from-external-load-balancers': '' }),
      undefined,
    ],
  ] as const) {
    it(`are of ${title}`, () => assert.deepEqual(servingAddresses([found]), expected ? [expected] : []));
  }

  it('come in one order, and are written once', () => {
    const nodes = [node('10.0.0.2', SERVING), node('10.0.0.1', SERVING)];
    const given = withAddresses(ingress(), nodes);
    assert.deepEqual(given.status?.loadBalancer, { ingress: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] });
    assert.equal(withAddresses(given, nodes.toReversed()), given);
    assert.deepEqual(withAddresses(given, []).status, { loadBalancer: {} });
  });

  it('stay while no node at all is Ready', () => {
    const given = withAddresses(ingress(), [node('10.0.0.1', SERVING)]);
    assert.equal(withAddresses(given, [node('10.0.0.1', { Ready: 'Unknown' })]), given);
  });
});

describe('tidings of an Ingress', () => {
  const PROBLEM = { ingress: 'shop/web', reason: 'ServiceNotFound', message: 'there is no Service' };
  const look = (now: number, memory: Memory | undefined, problems = [PROBLEM], one = ingress()) =>
    tidings(one, { problems, memory }, now);

  it('say Sync once for each generation, and not after a restart of the master', () => {
    const first = look(0, undefined);
    assert.equal(first.isSync, true);
    assert.equal(look(1, first.memory).isSync, false);
    const changed = ingress({ metadata: { ...ingress().metadata, generation: 2 } });
    assert.equal(look(1, first.memory, [], changed).isSync, true);
    const served = ingress({ status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } } });
    assert.equal(look(0, undefined, [], served).isSync, false);
  });

  it('warn of a problem that lasts, once, and again when it comes again', () => {
    const young = look(0, undefined);
    assert.deepEqual([young.warnings, young.againAfterMs], [[], 2000]);
    const lasting = look(2000, young.memory);
    assert.deepEqual([lasting.warnings, lasting.againAfterMs], [[PROBLEM], undefined]);
    const told = look(9000, lasting.memory);
    assert.deepEqual(told.warnings, []);
    const mended = look(9001, told.memory, []);
    const back = look(9002, mended.memory);
    assert.deepEqual(look(11_002, back.memory).warnings, [PROBLEM]);
  });

  it('begin anew for another object of the same name', () => {
    const { memory } = look(0, undefined);
    const other = ingress({ metadata: { ...ingress().metadata, uid: 'v' } });
    assert.equal(look(5000, memory, [], other).isSync, true);
  });
});
