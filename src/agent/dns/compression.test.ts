import assert from 'node:assert/strict';
import dnsPacket, { type Answer, type Packet } from 'dns-packet';
import { compressOwners } from './compression.ts';
import { EDNS } from './edns.ts';

const NAME = 'db.default.svc.cluster.local';
const POINTER_TO_QUESTION = Buffer.from([0xc0, 0x0c]);

function a(name: string, last = 1): Answer {
  return { name, type: 'A', ttl: 5, class: 'IN', flush: false, data: `10.42.2.${last}` };
}

const SOA = {
  mname: 'ns.dns.cluster.local',
  rname: 'hostmaster.cluster.local',
  serial: 1,
  refresh: 7200,
  retry: 1800,
  expire: 86_400,
  minimum: 5,
};

describe('owner names', () => {
  const packet = (sections: Packet): Packet => ({
    type: 'response',
    id: 7,
    questions: [{ name: NAME, type: 'A' }],
    ...sections,
  });

  const cases: [what: string, packet: Packet, savedBytes: number][] = [
    ['of the question are two bytes', packet({ answers: [a(NAME), a(NAME, 2)] }), 2 * 28],
    ['are as long as ever where they come once', packet({ answers: [a('other.org')] }), 0],
    [
      'of an alias are written once',
      packet({
        answers: [
          { name: NAME, type: 'CNAME', ttl: 5, data: 'web.other.org' },
          a('web.other.org'),
          a('web.other.org', 2),
        ],
      }),
      28 + 13,
    ],
    ['keep the case they come in', packet({ answers: [a(NAME.toUpperCase())] }), 0],
    [
      'are told in all sections, and the root is a byte as before',
      packet({
        answers: [{ name: NAME, type: 'SRV', ttl: 5, data: { priority: 0, weight: 1, port: 80, target: NAME } }],
        authorities: [{ name: 'cluster.local', type: 'SOA', ttl: 5, data: SOA }],
        additionals: [a(NAME), EDNS, EDNS],
      }),
      2 * 28,
    ],
    ['are none without records', packet({}), 0],
    ['may be of no question', packet({ questions: [], answers: [a(NAME), a(NAME, 2)] }), 28],
    [
      'may be of two questions',
      packet({
        questions: [
          { name: 'x.org', type: 'A' },
          { name: NAME, type: 'A' },
        ],
        answers: [a(NAME)],
      }),
      28,
    ],
  ];
  for (const [what, given, savedBytes] of cases) {
    it(what, () => {
      const plain = dnsPacket.encode(given);
      const compressed = compressOwners(plain);
      assert.equal(plain.length - compressed.length, savedBytes);
      assert.deepEqual(dnsPacket.decode(compressed), dnsPacket.decode(plain));
    });
  }

  it('lead to the question, which is at byte 12', () => {
    const compressed = compressOwners(dnsPacket.encode(packet({ answers: [a(NAME)] })));
    assert.deepEqual(compressed.subarray(12 + 34, 12 + 34 + 2), POINTER_TO_QUESTION);
  });

  it('are led to only where a pointer reaches', () => {
    const answers = Array.from({ length: 1_100 }, (_, at) => a(NAME, at % 256));
    const plain = dnsPacket.encode(packet({ answers: [...answers, a('late.org'), a('late.org')] }));
    assert.deepEqual(dnsPacket.decode(compressOwners(plain)), dnsPacket.decode(plain));
  });

  it('that are none are left as they came', () => {
    // 63 bytes that are no UTF-8 come back as three times as many.
    const label = '\uFFFD'.repeat(63);
    const plain = dnsPacket.encode(packet({ questions: [{ name: label, type: 'A' }], answers: [a(label)] }));
    assert.equal(compressOwners(plain), plain);
  });
});
