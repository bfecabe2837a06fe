import assert from 'node:assert/strict';
import type { Service } from '../../api/types.ts';
import { type IngressState, ingressCondition, takenPort } from './condition.ts';

const PORTS = { httpPort: 80, httpsPort: 443 };

describe('ingressCondition', () => {
  for (const [state, expected] of [
    [{ is: 'idle' }, /^False NoIngress/],
    [{ is: 'served' }, /^False IngressServed .*on port 80 and 443$/],
    [{ is: 'off' }, /^True IngressSwitchedOff/],
    [{ is: 'missing' }, /^True HaproxyMissing .*apt install haproxy/],
    [{ is: 'busy', port: 443 }, /^True PortInUse .*port 443 .*--ingress-https-port/],
    [{ is: 'taken', port: 80, by: 'default/web' }, /^True PortInUse .*Service default\/web.*--ingress-http-port/],
    [{ is: 'failing', words: 'no memory' }, /^True HaproxyFailed .*no memory/],
  ] as readonly (readonly [IngressState, RegExp])[]) {
    it(`says of ${state.is} what is the case and what to do`, () => {
      const { type, status, reason, message } = ingressCondition(state, PORTS);
      assert.equal(type, 'IngressUnavailable');
      assert.match(`${status} ${reason} ${message}`, expected);
    });
  }
});

describe('takenPort', () => {
  const balanced = (ip: string, port: number, protocol: 'TCP' | 'UDP' = 'TCP'): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'default', name: 'web' },
    spec: { type: 'LoadBalancer', ports: [{ port, protocol }] },
    status: { loadBalancer: { ingress: [{ ip, ipMode: 'VIP' }] } },
  });
  const taken = (service: Service) => takenPort([80, 443], [service], ['10.0.0.1', 'pi-1']);

  it('is one that a load balancer has at an address of the node', () => {
    assert.deepEqual(taken(balanced('10.0.0.1', 443)), { is: 'taken', port: 443, by: 'default/web' });
  });

  it('is none elsewhere, of another port or of another protocol', () => {
    for (const other of [balanced('10.0.0.2', 443), balanced('10.0.0.1', 8443), balanced('10.0.0.1', 443, 'UDP')])
      assert.equal(taken(other), undefined);
  });
});
