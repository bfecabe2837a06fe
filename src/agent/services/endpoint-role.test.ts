import assert from 'node:assert/strict';
import type { EndpointSlice } from '../../api/types.ts';
import { endpointRole } from './endpoint-role.ts';

type Conditions = NonNullable<NonNullable<EndpointSlice['endpoints']>[number]['conditions']>;

const slice = (ip: string, conditions?: Conditions): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 's' },
  addressType: 'IPv4',
  endpoints: [{ addresses: [ip], ...(conditions ? { conditions } : {}) }],
});
const READY = { ready: true, serving: true, terminating: false };
const LEAVING = { ready: false, serving: true, terminating: true };
const UNREADY = { ready: false, serving: false, terminating: false };

describe('the role of a pod', () => {
  const cases: [title: string, slices: EndpointSlice[], role: string][] = [
    ['is none where no slice names it', [slice('10.42.0.6', READY)], 'none'],
    ['is serving where it is ready', [slice('10.42.0.5', READY)], 'serving'],
    ['is serving where nothing is said', [slice('10.42.0.5')], 'serving'],
    ['is leaving where it terminates and still serves', [slice('10.42.0.5', LEAVING)], 'leaving'],
    ['is leaving where it is published all the same', [slice('10.42.0.5', { ...LEAVING, ready: true })], 'leaving'],
    ['is none where it was never ready', [slice('10.42.0.5', UNREADY)], 'none'],
    ['is serving as long as one Service says so', [slice('10.42.0.5', LEAVING), slice('10.42.0.5', READY)], 'serving'],
  ];
  for (const [title, slices, role] of cases) it(title, () => assert.equal(endpointRole(slices, '10.42.0.5'), role));
});
