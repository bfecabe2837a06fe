import assert from 'node:assert/strict';
import type { EndpointSlice, Endpoints } from '../types.ts';
import { ENDPOINT_SLICE } from './endpoint-slice.ts';
import { ENDPOINTS } from './endpoints.ts';

const METADATA = { name: 'web', namespace: 'default' };

function anEndpoints(subsets: Endpoints['subsets']): Endpoints {
  const endpoints: Endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata: METADATA, subsets };
  ENDPOINTS.strategy.setDefaults?.(endpoints);
  return endpoints;
}

function aSlice(part: Partial<EndpointSlice>): EndpointSlice {
  const slice: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: METADATA,
    addressType: 'IPv4',
    ...part,
  };
  ENDPOINT_SLICE.strategy.setDefaults?.(slice);
  return slice;
}

const addresses = (count: number): { ip: string }[] =>
  Array.from({ length: count }, (_, index) => ({ ip: `10.0.0.${index + 1}` }));

describe('an Endpoints', () => {
  const cases: [subsets: Endpoints['subsets'], causes: string[]][] = [
    [undefined, []],
    [[{ addresses: addresses(1), ports: [{ port: 80 }] }], []],
    [[{ ports: [{ port: 80 }] }], ['subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`']],
    [
      [{ notReadyAddresses: [{ ip: '127.0.0.1', hostname: 'A_' }], ports: [{ port: 0 }, { port: 80, name: 'a' }] }],
      [
        'subsets[0].notReadyAddresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
        `subsets[0].notReadyAddresses[0].hostname: Invalid value: "A_": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
        'subsets[0].ports[0].name: Required value',
        'subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
      ],
    ],
  ];
  for (const [subsets, causes] of cases) {
    it(`${causes.length > 0 ? 'refuses' : 'accepts'} ${JSON.stringify(subsets)}`, () => {
      const found = ENDPOINTS.strategy.validate(anEndpoints(subsets));
      assert.deepEqual(
        found.map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  const cells: [subsets: Endpoints['subsets'], cell: string][] = [
    [undefined, '<none>'],
    [[{ addresses: addresses(2), ports: [{ port: 80 }] }], '10.0.0.1:80,10.0.0.2:80'],
    [[{ addresses: addresses(5), ports: [{ port: 80 }] }], '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...'],
    [[{ addresses: [{ ip: '2001:db8::1' }], ports: [{ port: 80 }] }], '[2001:db8::1]:80'],
    [[{ addresses: addresses(1) }], '10.0.0.1'],
  ];
  for (const [subsets, cell] of cells) {
    it(`shows ${cell}`, () => assert.equal(ENDPOINTS.columns[1]?.cell(anEndpoints(subsets), 0), cell));
  }
});

describe('an EndpointSlice', () => {
  const cases: [title: string, part: Partial<EndpointSlice>, causes: string[]][] = [
    ['may be empty', {}, []],
    [
      'wants addresses of its type',
      { endpoints: [{ addresses: ['::1'] }, { addresses: [] }] },
      [
        'endpoints[0].addresses[0]: Invalid value: "::1": must be a valid IPv4 address',
        'endpoints[0].addresses[0]: Invalid value: "::1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
        'endpoints[1].addresses: Required value: must contain at least 1 address',
      ],
    ],
    [
      'wants whole domains',
      { addressType: 'FQDN', endpoints: [{ addresses: ['example.com.', 'web'] }] },
      [
        'endpoints[0].addresses[1]: Invalid value: "web": should be a domain with at least two segments separated by dots',
      ],
    ],
    [
      'has at most 1000 endpoints',
      { endpoints: Array.from({ length: 1001 }, () => ({ addresses: ['10.0.0.1'] })) },
      ['endpoints: Too many: 1001: must have at most 1000 items'],
    ],
    ['has ports of different names', { ports: [{ port: 80 }, { port: 81 }] }, ['ports[1].name: Duplicate value: ""']],
  ];
  for (const [title, part, causes] of cases) {
    it(title, () => {
      const found = ENDPOINT_SLICE.strategy.validate(aSlice(part));
      assert.deepEqual(
        found.map(({ field, message }) => `${field}: ${message}`),
        causes,
      );
    });
  }

  it('keeps its type of addresses', () => {
    const found = ENDPOINT_SLICE.strategy.validateUpdate?.(aSlice({ addressType: 'IPv6' }), aSlice({})) ?? [];
    assert.deepEqual(
      found.map(({ field, message }) => `${field}: ${message}`),
      ['addressType: Invalid value: "IPv6": field is immutable'],
    );
  });

  it('shows what it has, and <unset> where it has nothing', () => {
    const cells = (slice: EndpointSlice): unknown[] =>
      ENDPOINT_SLICE.columns.slice(1, 4).map(({ cell }) => cell(slice, 0));
    assert.deepEqual(cells(aSlice({})), ['IPv4', '<unset>', '<unset>']);
    const endpoints = addresses(4).map(({ ip }) => ({ addresses: [ip] }));
    assert.deepEqual(cells(aSlice({ endpoints, ports: [{ port: 80 }, { name: 'b' }] })), [
      'IPv4',
      '80,b',
      '10.0.0.1,10.0.0.2,10.0.0.3 + 1 more...',
    ]);
  });
});
