import dnsPacket, { type Answer, type DecodedPacket } from 'dns-packet';
import { compressOwners } from './compression.ts';
import { EDNS, MAX_UDP_BYTES } from './edns.ts';
import { RCODE, type Rcode } from './rcode.ts';

export interface Reply {
  readonly rcode: Rcode;
  readonly isAuthoritative: boolean;
  readonly answers: readonly Answer[];
  readonly authorities?: readonly Answer[];
  readonly additionals?: readonly Answer[];
}

/** What a resolver of our own holds without EDNS. Source: RFC 1035, 4.2.1. */
const PLAIN_UDP_BYTES = 512;
/** Two bytes tell the length of a message. Source: RFC 1035, 4.2.2. */
const MAX_TCP_BYTES = 65_535;

/** @returns how many bytes the answer to this query may have */
export function limitFor(query: DecodedPacket, transport: 'udp' | 'tcp'): number {
  if (transport === 'tcp') return MAX_TCP_BYTES;
  const option = optionOf(query);
  if (option?.type !== 'OPT') return PLAIN_UDP_BYTES;
  return Math.min(Math.max(option.udpPayloadSize, PLAIN_UDP_BYTES), MAX_UDP_BYTES);
}

/**
 * Encodes the answer to a query in at most `limit` bytes. What was not asked for goes first, and the client need not know (RFC 2181, 9);
 * of the answers as many stay as fit: there are clients that never ask again over TCP.
 */
export function encodeReply(query: DecodedPacket, reply: Reply, limit: number): Buffer {
  const brief = { ...reply, additionals: [] };
  // The authority of what is not there is itself the answer: how long that may be remembered (RFC 2308, 3).
  const attempts = [reply, brief, ...(isPositive(query, reply) ? [{ ...brief, authorities: [] }] : [])];
  for (const attempt of attempts) {
    const message = render(query, attempt, 0);
    if (message.length <= limit) return message;
  }
  return encodeCut(query, reply, limit);
}

/** The longest beginning of the answers that fits, marked so that the client asks again over TCP. */
function encodeCut(query: DecodedPacket, reply: Reply, limit: number): Buffer {
  const first = (count: number) => {
    const part = { ...reply, answers: reply.answers.slice(0, count), authorities: [], additionals: [] };
    return render(query, part, dnsPacket.TRUNCATED_RESPONSE);
  };
  let fits = 0;
  let tooMany = reply.answers.length + 1;
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (first(middle).length <= limit) fits = middle;
    else tooMany = middle;
  }
  return first(fits);
}

/** A CNAME alone is no answer to a question for an address. */
function isPositive({ questions = [] }: DecodedPacket, { answers }: Reply): boolean {
  return answers.some(({ type }) => type === questions[0]?.type);
}

function render(query: DecodedPacket, reply: Reply, moreFlags: number): Buffer {
  const flags =
    (reply.isAuthoritative ? dnsPacket.AUTHORITATIVE_ANSWER : 0) |
    ((query.flags ?? 0) & dnsPacket.RECURSION_DESIRED) |
    dnsPacket.RECURSION_AVAILABLE |
    RCODE[reply.rcode] |
    moreFlags;
  const additionals = (reply.additionals ?? []).filter(({ type }) => type !== 'OPT');
  const message = dnsPacket.encode({
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    answers: [...reply.answers],
    authorities: [...(reply.authorities ?? [])],
    additionals: optionOf(query) ? [...additionals, EDNS] : additionals,
  });
  return compressOwners(message);
}

function optionOf(query: DecodedPacket) {
  return (query.additionals ?? []).find((record) => record.type === 'OPT');
}
