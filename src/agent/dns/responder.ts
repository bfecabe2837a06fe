import dnsPacket, { type Answer, type DecodedPacket, type Packet, type Question } from 'dns-packet';
import { rcodeOf, type Upstream } from './upstream.ts';
import type { ZoneReply } from './zone.ts';

/** Response codes, as the last four bits of the flags. */
const RCODE = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const;
type Rcode = keyof typeof RCODE;

interface Reply {
  readonly rcode: Rcode;
  readonly isAuthoritative: boolean;
  readonly answers: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

/** What a resolver of our own holds without EDNS. Source: RFC 1035, 4.2.1. */
const PLAIN_UDP_BYTES = 512;
/** More than this is cut into fragments on the way. Source: DNS flag day 2020. */
const MAX_UDP_BYTES = 1232;
/** An ExternalName may lead to another one of ours; nobody follows more of them. */
const MAX_ALIASES = 8;

/** Makes the answer to one query: from the zone, else from upstream. */
export class Responder {
  readonly #zone: (question: Question) => ZoneReply;
  readonly #upstream: Pick<Upstream, 'resolve'>;

  constructor(zone: (question: Question) => ZoneReply, upstream: Pick<Upstream, 'resolve'>) {
    this.#zone = zone;
    this.#upstream = upstream;
  }

  /** @returns the encoded answer; undefined for what is no query. */
  async respond(message: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> {
    const query = decodeQuery(message);
    const question = query?.questions?.[0];
    if (!query || !question) return undefined;
    const reply = isStandardQuery(query) ? await this.#answer(question) : NOT_IMPLEMENTED;
    return encode(query, reply, transport === 'tcp' ? Number.POSITIVE_INFINITY : udpLimit(query));
  }

  /**
   * Follows ExternalNames of ours to the end. What the last one leads to may not be found out now: the CNAMEs are true all the same.
   * Of a circle each is told once.
   */
  async #answer(question: Question): Promise<Reply> {
    const aliases: Answer[] = [];
    let name = question.name;
    const seen = new Set<string>();
    while (!seen.has(name.toLowerCase()) && aliases.length < MAX_ALIASES) {
      const found = this.#zone({ ...question, name });
      if (found.kind !== 'alias') {
        const reply = await this.#reply({ ...question, name }, found);
        if (aliases.length === 0) return reply;
        const answers = [...aliases, ...reply.answers];
        return { rcode: 'NOERROR', isAuthoritative: true, answers, additionals: reply.additionals ?? [] };
      }
      aliases.push(found.answer);
      if (question.type === 'CNAME') return { rcode: 'NOERROR', isAuthoritative: true, answers: aliases };
      seen.add(name.toLowerCase());
      name = found.target;
    }
    return { rcode: 'NOERROR', isAuthoritative: true, answers: aliases };
  }

  async #reply(question: Question, found: Exclude<ZoneReply, { kind: 'alias' }>): Promise<Reply> {
    switch (found.kind) {
      case 'elsewhere':
        return this.#ask(question);
      case 'answer':
        return { rcode: 'NOERROR', isAuthoritative: true, answers: found.answers, additionals: found.additionals };
      case 'noData':
        return { rcode: 'NOERROR', isAuthoritative: true, answers: [], authorities: [found.authority] };
      case 'noName':
        return { rcode: 'NXDOMAIN', isAuthoritative: true, answers: [], authorities: [found.authority] };
    }
  }

  async #ask(question: Question): Promise<Reply> {
    try {
      const packet = await this.#upstream.resolve(question);
      const { answers = [], authorities = [] } = packet;
      return {
        rcode: rcodeOf(packet) === RCODE.NXDOMAIN ? 'NXDOMAIN' : 'NOERROR',
        isAuthoritative: false,
        answers,
        authorities,
      };
    } catch {
      // The client is told, and asks again: that is all that can be done here.
      return { rcode: 'SERVFAIL', isAuthoritative: false, answers: [] };
    }
  }
}

const NOT_IMPLEMENTED: Reply = { rcode: 'NOTIMP', isAuthoritative: false, answers: [] };

/** Opcode 0 (RFC 1035, 4.1.1): no update, no notify. */
function isStandardQuery({ flags = 0 }: DecodedPacket): boolean {
  return ((flags >> 11) & 0xf) === 0;
}

function decodeQuery(message: Buffer): DecodedPacket | undefined {
  try {
    const packet = dnsPacket.decode(message);
    return packet.type === 'query' ? packet : undefined;
  } catch {
    return undefined; // no DNS at all
  }
}

function optionOf(query: DecodedPacket) {
  return (query.additionals ?? []).find((record) => record.type === 'OPT');
}

function udpLimit(query: DecodedPacket): number {
  const option = optionOf(query);
  if (option?.type !== 'OPT') return PLAIN_UDP_BYTES;
  return Math.min(Math.max(option.udpPayloadSize, PLAIN_UDP_BYTES), MAX_UDP_BYTES);
}

function encode(query: DecodedPacket, reply: Reply, limit: number): Buffer {
  const flags =
    (reply.isAuthoritative ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
    ((query.flags ?? 0) & dnsPacket.RECURSION_DESIRED) |
    dnsPacket.RECURSION_AVAILABLE |
    RCODE[reply.rcode];
  const extension: Answer[] = optionOf(query) ? [OPTION] : [];
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    answers: [...reply.answers],
    authorities: [...(reply.authorities ?? [])],
    additionals: [...(reply.additionals ?? []).filter(({ type }) => type !== 'OPT'), ...extension],
  };
  const whole = dnsPacket.encode(packet);
  if (whole.length <= limit) return whole;
  // The client asks again over TCP.
  return dnsPacket.encode({
    ...packet,
    flags: flags | dnsPacket.TRUNCATED_RESPONSE,
    answers: [],
    authorities: [],
    additionals: extension,
  });
}

const OPTION: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: MAX_UDP_BYTES,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
};
