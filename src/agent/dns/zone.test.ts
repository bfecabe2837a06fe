import assert from 'node:assert/strict';
import dnsPacket, { type Question, type RecordType } from 'dns-packet';
import type { EndpointSlice, Service } from '../../api/types.ts';
import { rcodeOf } from './rcode.ts';
import { Responder } from './responder.ts';
import { ServiceIndex } from './service-index.ts';
import { TooManyWaiting } from './upstream.ts';
import { answerFromZone } from './zone.ts';

function aService(name: string, spec: Service['spec']): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec };
}

const HTTP = { name: 'http', port: 80, protocol: 'TCP' } as const;
const SERVICES = [
  aService('web', { type: 'ClusterIP', clusterIP: '10.43.0.100', clusterIPs: ['10.43.0.100'], ports: [HTTP] }),
  aService('db', {
    type: 'ClusterIP',
    clusterIP: 'None',
    clusterIPs: ['None'],
    ports: [{ ...HTTP, name: 'sql', port: 5432 }],
  }),
  aService('empty', { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'] }),
  aService('outside', { type: 'ExternalName', externalName: 'my.database.com' }),
  aService('circle', { type: 'ExternalName', externalName: 'circle.default.svc.cluster.local' }),
  aService('round', { type: 'ExternalName', externalName: 'about.default.svc.cluster.local' }),
  aService('about', { type: 'ExternalName', externalName: 'round.default.svc.cluster.local' }),
  aService('alias', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' }),
];
const SLICES: EndpointSlice[] = [
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'db-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'db' } },
    addressType: 'IPv4',
    ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
    endpoints: [
      { addresses: ['10.42.1.2'], hostname: 'db-0', conditions: { ready: true } },
      { addresses: ['10.42.1.3'], conditions: { ready: true } },
      { addresses: ['10.42.1.4'], conditions: { ready: false } },
    ],
  },
];

const index = new ServiceIndex(new Map(SERVICES.map((one) => [`default/${one.metadata.name}`, one])), SLICES);
const zone = (question: Question) => answerFromZone(question, { zone: 'cluster.local', index }, (items) => items);

/** A reply in one line: its kind, then what the records say. */
function ask(name: string, type: RecordType = 'A'): string {
  const reply = zone({ name, type });
  if (reply.kind === 'alias') return `alias ${reply.target}`;
  if (reply.kind !== 'answer') return reply.kind;
  return reply.answers
    .map((answer) => {
      if (answer.type === 'SRV') return `${answer.data.target}:${answer.data.port}`;
      return answer.type === 'A' || answer.type === 'PTR' || answer.type === 'TXT' ? String(answer.data) : answer.type;
    })
    .join(' ');
}

describe('names of the cluster', () => {
  const cases: [name: string, type: RecordType, expected: string][] = [
    ['web.default.svc.cluster.local', 'A', '10.43.0.100'],
    ['WEB.Default.svc.cluster.local', 'A', '10.43.0.100'],
    ['web.default.svc.cluster.local', 'AAAA', 'noData'],
    ['web.default.svc.cluster.local', 'SRV', 'web.default.svc.cluster.local:80'],
    ['_http._tcp.web.default.svc.cluster.local', 'SRV', 'web.default.svc.cluster.local:80'],
    ['_http._udp.web.default.svc.cluster.local', 'SRV', 'noName'],
    ['_tcp.web.default.svc.cluster.local', 'SRV', 'noData'],
    ['db.default.svc.cluster.local', 'A', '10.42.1.2 10.42.1.3'],
    ['db-0.db.default.svc.cluster.local', 'A', '10.42.1.2'],
    ['10-42-1-3.db.default.svc.cluster.local', 'A', '10.42.1.3'],
    ['10-42-1-4.db.default.svc.cluster.local', 'A', 'noName'],
    [
      '_sql._tcp.db.default.svc.cluster.local',
      'SRV',
      'db-0.db.default.svc.cluster.local:5432 10-42-1-3.db.default.svc.cluster.local:5432',
    ],
    ['empty.default.svc.cluster.local', 'A', 'noName'],
    ['nobody.default.svc.cluster.local', 'A', 'noName'],
    ['default.svc.cluster.local', 'A', 'noData'],
    ['nowhere.svc.cluster.local', 'A', 'noName'],
    ['svc.cluster.local', 'A', 'noData'],
    ['cluster.local', 'SOA', 'SOA'],
    ['dns-version.cluster.local', 'TXT', '1.1.0'],
    ['10-42-1-2.default.pod.cluster.local', 'A', '10.42.1.2'],
    ['10-42-1.default.pod.cluster.local', 'A', 'noName'],
    ['outside.default.svc.cluster.local', 'A', 'alias my.database.com'],
    ['100.0.43.10.in-addr.arpa', 'PTR', 'web.default.svc.cluster.local'],
    ['2.1.42.10.in-addr.arpa', 'PTR', 'db-0.db.default.svc.cluster.local'],
    ['1.1.168.192.in-addr.arpa', 'PTR', 'elsewhere'],
    ['debian.org', 'A', 'elsewhere'],
    ['notcluster.local', 'A', 'elsewhere'],
  ];
  for (const [name, type, expected] of cases) {
    it(`${type} ${name} is ${expected}`, () => assert.equal(ask(name, type), expected));
  }
});

describe('an answer', () => {
  const upstream = {
    resolve: async ({ name, type }: Question) => {
      if (name === 'busy.org') throw new TooManyWaiting('many wait');
      if (name !== 'my.database.com' || type !== 'A') throw new Error('no server answers');
      const answers = [{ name, type: 'A' as const, ttl: 60, data: '203.0.113.7' }];
      return dnsPacket.decode(dnsPacket.encode({ type: 'response', answers }));
    },
  };
  const query = async (name: string, options: { type?: RecordType; size?: number; over?: 'udp' | 'tcp' } = {}) => {
    const { type = 'A', size, over = 'udp' } = options;
    const message = dnsPacket.encode({
      type: 'query',
      id: 7,
      flags: dnsPacket.RECURSION_DESIRED,
      questions: [{ name, type }],
      additionals: size
        ? [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: size,
              flags: 0,
              flag_do: false,
              options: [],
              extendedRcode: 0,
              ednsVersion: 0,
            },
          ]
        : [],
    });
    const answer = await new Responder(zone, upstream).respond(message, over);
    return dnsPacket.decode(answer ?? assert.fail('no answer'));
  };

  it('repeats the question and its number, and says whose word it is', async () => {
    const { id, questions, flag_aa, answers } = await query('web.default.svc.cluster.local');
    assert.deepEqual([id, questions?.[0]?.name, flag_aa], [7, 'web.default.svc.cluster.local', true]);
    assert.deepEqual(
      answers?.map((answer) => 'data' in answer && answer.data),
      ['10.43.0.100'],
    );
  });

  it('holds the CNAME of an ExternalName and what it leads to', async () => {
    const { answers } = await query('outside.default.svc.cluster.local');
    assert.deepEqual(
      answers?.map((answer) => 'data' in answer && answer.data),
      ['my.database.com', '203.0.113.7'],
    );
    const inside = await query('alias.default.svc.cluster.local');
    assert.deepEqual(
      inside.answers?.map((answer) => 'data' in answer && answer.data),
      ['web.default.svc.cluster.local', '10.43.0.100'],
    );
  });

  it('tells each ExternalName of a circle once', async () => {
    const own = await query('circle.default.svc.cluster.local');
    assert.deepEqual([rcodeOf(own), own.answers?.length], [0, 1]);
    const { answers } = await query('round.default.svc.cluster.local');
    assert.deepEqual(
      answers?.map((answer) => 'data' in answer && answer.data),
      ['about.default.svc.cluster.local', 'round.default.svc.cluster.local'],
    );
  });

  it('of no name says so with a start of authority, and of no server that it failed', async () => {
    const missing = await query('nobody.default.svc.cluster.local');
    assert.deepEqual([rcodeOf(missing), missing.authorities?.[0]?.type], [3, 'SOA']);
    assert.equal(rcodeOf(await query('debian.org')), 2);
  });

  it('is refused while too many wait for others', async () => {
    assert.equal(rcodeOf(await query('busy.org')), 5);
  });

  it('that is too long for the client is cut, and whole over TCP', async () => {
    const many = new ServiceIndex(new Map([['default/db', SERVICES[1] ?? assert.fail()]]), [
      {
        ...(SLICES[0] ?? assert.fail()),
        endpoints: Array.from({ length: 60 }, (_, at) => ({
          addresses: [`10.42.2.${at}`],
          conditions: { ready: true },
        })),
      },
    ]);
    const large = new Responder(
      (question) => answerFromZone(question, { zone: 'cluster.local', index: many }, (items) => items),
      upstream,
    );
    const message = dnsPacket.encode({
      type: 'query',
      id: 1,
      questions: [{ name: 'db.default.svc.cluster.local', type: 'A' }],
    });
    const [overUdp, overTcp] = [await large.respond(message, 'udp'), await large.respond(message, 'tcp')];
    assert.ok((overUdp?.length ?? 0) <= 512);
    assert.equal(dnsPacket.decode(overUdp ?? assert.fail()).flag_tc, true);
    assert.equal(dnsPacket.decode(overTcp ?? assert.fail()).answers?.length, 60);
  });

  it('is not given to noise', async () => {
    assert.equal(await new Responder(zone, upstream).respond(Buffer.from('hello'), 'udp'), undefined);
  });
});
