import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import dnsPacket, { type Answer, type DecodedPacket, type Packet, type Question } from 'dns-packet';
import type { Clock } from '../../lib/clock.ts';
import { EDNS } from './edns.ts';
import { RCODE, rcodeOf } from './rcode.ts';

export interface ServerAddress {
  readonly server: string;
  readonly port: number;
  /** For all that is said with this server about one question. */
  readonly timeoutMs: number;
}

/** Nothing came back in time. */
export class Silence extends Error {
  override readonly name = 'Silence';
}

/** What a server says that does not know EDNS. Source: RFC 6891, 7, and servers older than it. */
const NO_EDNS: readonly number[] = [RCODE.FORMERR, RCODE.NOTIMP];

/**
 * Asks one server: with EDNS, without where it knows none (RFC 6891, 6.2.2), over TCP what UDP does not hold.
 * @throws Silence after `timeoutMs`; Error when there is no way to the server, or it says what is no answer
 */
export async function askServer(at: ServerAddress, question: Question, clock: Clock): Promise<DecodedPacket> {
  const stop = new AbortController();
  const cancel = clock.after(at.timeoutMs, () => stop.abort(new Silence(`${at.server} does not answer`)));
  try {
    const answer = await exchange(at, queryFor(question, [EDNS]), stop.signal);
    return NO_EDNS.includes(rcodeOf(answer)) ? await exchange(at, queryFor(question, []), stop.signal) : answer;
  } finally {
    cancel();
  }
}

type Query = Packet & { readonly id: number };

function queryFor(question: Question, additionals: Answer[]): Query {
  const id = Math.floor(Math.random() * 65_536);
  return { type: 'query', id, flags: dnsPacket.RECURSION_DESIRED, questions: [question], additionals };
}

async function exchange(at: ServerAddress, query: Query, signal: AbortSignal): Promise<DecodedPacket> {
  const answer = await overUdp(at, query, signal);
  return answer.flag_tc ? overTcp(at, query, signal) : answer;
}

async function overUdp({ server, port }: ServerAddress, query: Query, signal: AbortSignal): Promise<DecodedPacket> {
  signal.throwIfAborted();
  const socket = createSocket(isIP(server) === 6 ? 'udp6' : 'udp4');
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      socket.on('error', reject);
      socket.on('message', (message) => {
        const packet = tryDecode(message);
        if (packet?.id === query.id) resolve(packet);
      });
      // No callback for connect(): node would hand it the error of a server without a route, and emit none.
      socket.once('connect', () => socket.send(dnsPacket.encode(query), (error) => error && reject(error)));
      // Connected: the kernel hands over nothing that others send, and says when the port is closed.
      socket.connect(port, server);
    });
  } finally {
    socket.close();
  }
}

async function overTcp({ server, port }: ServerAddress, query: Query, signal: AbortSignal): Promise<DecodedPacket> {
  signal.throwIfAborted();
  const socket = connect({ host: server, port });
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      socket.on('error', reject);
      socket.once('close', () => reject(new Error(`${server} closes the connection without an answer`)));
      let received: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
        const packet = tryDecode(received.subarray(2));
        if (packet?.id === query.id) resolve(packet);
        else reject(new Error(`${server} answers what is no DNS`));
      });
      // Not ended: there are servers that take the end of the questions for the end of the client.
      socket.once('connect', () => socket.write(dnsPacket.streamEncode(query)));
    });
  } finally {
    socket.destroy();
  }
}

function tryDecode(message: Buffer): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(message);
  } catch {
    return undefined; // not an answer to anything
  }
}
