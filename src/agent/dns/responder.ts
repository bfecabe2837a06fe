import dnsPacket, { type Answer, type DecodedPacket, type Question } from 'dns-packet';
import { RCODE, rcodeOf } from './rcode.ts';
import { encodeReply, limitFor, type Reply } from './reply.ts';
import { TooManyWaiting, type Upstream } from './upstream.ts';
import type { ZoneReply } from './zone.ts';

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
    return encodeReply(query, reply, limitFor(query, transport));
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
    } catch (error) {
      // The client is told, and asks again: that is all that can be done here.
      return { rcode: error instanceof TooManyWaiting ? 'REFUSED' : 'SERVFAIL', isAuthoritative: false, answers: [] };
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
