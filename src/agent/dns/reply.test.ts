import assert from 'node:assert/strict';
import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet';
import { EDNS } from './edns.ts';
import { encodeReply, limitFor, type Reply } from './reply.ts';

const NAME = 'db.default.svc.cluster.local';

function aQuery(udpPayloadSize?: number): DecodedPacket {
  const additionals = udpPayloadSize === undefined ? [] : [{ ...EDNS, udpPayloadSize }];
  return dnsPacket.decode(
    dnsPacket.encode({ type: 'query', id: 7, questions: [{ name: NAME, type: 'A' }], additionals }),
  );
}

function addresses(count: number, name = NAME): Answer[] {
  return Array.from({ length: count }, (_, at) => ({ name, type: 'A', ttl: 5, data: `10.42.${at >> 8}.${at & 0xff}` }));
}

/** Each of about 60 bytes. */
function servers(count: number): Answer[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `zone${at}.example.org`,
    type: 'NS',
    ttl: 5,
    data: `server${at}.of.zone${at}.example.org`,
  }));
}

function aReply(reply: Partial<Reply>): Reply {
  return { rcode: 'NOERROR', isAuthoritative: true, answers: [], ...reply };
}

describe('an answer within its limit', () => {
  const cases: [
    what: string,
    given: { readonly reply: Reply; readonly limit?: number; readonly query?: DecodedPacket },
    expected: { answers: number; authorities: number; additionals: number; isCut: boolean },
  ][] = [
    [
      'holds 29 addresses of a Service in 512 bytes',
      { reply: aReply({ answers: addresses(29) }) },
      { answers: 29, authorities: 0, additionals: 0, isCut: false },
    ],
    [
      'holds as many as fit of more, and says that there are more',
      { reply: aReply({ answers: addresses(60) }) },
      { answers: 29, authorities: 0, additionals: 0, isCut: true },
    ],
    [
      'keeps its EDNS when it is cut',
      { reply: aReply({ answers: addresses(60) }), query: aQuery(512) },
      { answers: 28, authorities: 0, additionals: 1, isCut: true },
    ],
    [
      'loses additional records first, which nobody is told',
      { reply: aReply({ answers: addresses(2), authorities: servers(2), additionals: addresses(40, 'x.org') }) },
      { answers: 2, authorities: 2, additionals: 0, isCut: false },
    ],
    [
      'loses the authorities of what is there next, which nobody is told',
      { reply: aReply({ answers: addresses(20), authorities: servers(9), additionals: addresses(1, 'x.org') }) },
      { answers: 20, authorities: 0, additionals: 0, isCut: false },
    ],
    [
      'is cut where the authorities of what is not there do not fit',
      { reply: aReply({ rcode: 'NXDOMAIN', authorities: servers(20) }) },
      { answers: 0, authorities: 0, additionals: 0, isCut: true },
    ],
    [
      'is cut where an alias leads to nothing, and the authority for that does not fit',
      {
        reply: aReply({
          answers: [{ name: NAME, type: 'CNAME', ttl: 5, data: 'x.org' }],
          authorities: servers(20),
        }),
      },
      { answers: 1, authorities: 0, additionals: 0, isCut: true },
    ],
    [
      'is whole where there is room',
      {
        reply: aReply({ answers: addresses(60), authorities: servers(9), additionals: addresses(9, 'x.org') }),
        limit: 65_535,
      },
      { answers: 60, authorities: 9, additionals: 9, isCut: false },
    ],
    [
      'is never longer than TCP can tell',
      { reply: aReply({ answers: addresses(5_000) }), limit: limitFor(aQuery(), 'tcp') },
      { answers: 4_093, authorities: 0, additionals: 0, isCut: true },
    ],
  ];
  for (const [what, { reply, limit = 512, query = aQuery() }, expected] of cases) {
    it(what, () => {
      const message = encodeReply(query, reply, limit);
      assert.ok(message.length <= limit);
      const { answers = [], authorities = [], additionals = [], flag_tc } = dnsPacket.decode(message);
      assert.deepEqual(
        { answers: answers.length, authorities: authorities.length, additionals: additionals.length, isCut: flag_tc },
        expected,
      );
      assert.deepEqual(
        answers.map((answer) => 'data' in answer && answer.data),
        reply.answers.slice(0, answers.length).map((answer) => 'data' in answer && answer.data),
      );
    });
  }

  it('may have what the client takes, and what a path takes whole', () => {
    const limits = [aQuery(), aQuery(100), aQuery(800), aQuery(4096)].map((query) => limitFor(query, 'udp'));
    assert.deepEqual(limits, [512, 512, 800, 1232]);
    assert.equal(limitFor(aQuery(), 'tcp'), 65_535);
  });
});
