import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import dnsPacket, { type DecodedPacket, type Packet, type Question } from 'dns-packet';
import type { Clock, Millis } from '../../lib/clock.ts';

export interface UpstreamOptions {
  /** Addresses of the node's own name servers, asked each time: they change with the network. */
  readonly servers: () => Promise<readonly string[]>;
  /** 53 when left out. */
  readonly port?: number;
  readonly clock: Clock;
}

const PORT = 53;
const TRY_MS = 2_000;
/** A server that was silent is asked last, and waited for less, for a while: whoever asks gives up after 5 s. */
const SILENT_MS = 5_000;
const SHORT_TRY_MS = 500;
/** A name that is not there may be there soon, and a long TTL must not hold a wrong answer for a day. */
const MAX_TTL_SECONDS = 300;
const NEGATIVE_TTL_SECONDS = 5;
/** For so long an answer that is over is better than none (RFC 8767), and told to be asked for again soon. */
const STALE_MS = 3_600_000;
const STALE_TTL_SECONDS = 30;
const MAX_ENTRIES = 2_000;

interface CacheEntry {
  readonly packet: DecodedPacket;
  readonly storedAt: Millis;
  readonly until: Millis;
}

/** The response code: the last four bits of the flags (RFC 1035, 4.1.1). */
export function rcodeOf({ flags = 0 }: DecodedPacket): number {
  return flags & 0xf;
}

/** NOERROR and NXDOMAIN are the same from every server; with any other code the next one may know. */
function isFinal(rcode: number): boolean {
  return rcode === 0 || rcode === 3;
}

/** Asks the node's name servers for what the cluster does not know, and remembers for as long as answers allow. */
export class Upstream {
  readonly #options: UpstreamOptions;
  /** In the order of use: the first goes when there are too many. */
  readonly #cache = new Map<string, CacheEntry>();
  /** Asked at this moment: the same question twice is one. */
  readonly #asking = new Map<string, Promise<DecodedPacket>>();
  /** Servers that did not answer, and until when little is expected of them. */
  readonly #silent = new Map<string, Millis>();

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /** @returns an answer whose TTLs have been counted down, or an old one when no server answers. @throws Error when there is none. */
  async resolve(question: Question): Promise<DecodedPacket> {
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const known = this.#known(key);
    if (known) return known;
    const asking = this.#asking.get(key) ?? this.#ask(key, question);
    this.#asking.set(key, asking);
    try {
      return await asking;
    } catch (error) {
      const stale = this.#stale(key);
      if (stale) return stale;
      throw error;
    } finally {
      this.#asking.delete(key);
    }
  }

  #known(key: string): DecodedPacket | undefined {
    const entry = this.#cache.get(key);
    const now = this.#options.clock.now();
    if (!entry || now >= entry.until) return undefined;
    this.#cache.delete(key);
    this.#cache.set(key, entry);
    const passed = Math.floor((now - entry.storedAt) / 1000);
    return withTtls(entry.packet, (ttl) => Math.max(0, ttl - passed));
  }

  #stale(key: string): DecodedPacket | undefined {
    const entry = this.#cache.get(key);
    if (!entry || this.#options.clock.now() >= entry.until + STALE_MS) return undefined;
    return withTtls(entry.packet, () => STALE_TTL_SECONDS);
  }

  async #ask(key: string, question: Question): Promise<DecodedPacket> {
    const servers = (await this.#options.servers()).filter((server) => isIP(server) !== 0);
    let why: unknown = new Error('this node has no name server');
    const silent = servers.filter((server) => this.#isSilent(server));
    for (const server of [...servers.filter((one) => !silent.includes(one)), ...silent]) {
      const timeoutMs = silent.includes(server) ? SHORT_TRY_MS : TRY_MS;
      try {
        const packet = await askServer({ server, port: this.#options.port ?? PORT, timeoutMs }, question);
        if (!isFinal(rcodeOf(packet))) throw new Error(`${server} answers with code ${rcodeOf(packet)}`);
        this.#silent.delete(server);
        this.#remember(key, packet);
        return packet;
      } catch (error) {
        why = error;
        if (error instanceof Silence) this.#silent.set(server, this.#options.clock.now() + SILENT_MS);
      }
    }
    throw why;
  }

  #isSilent(server: string): boolean {
    return this.#options.clock.now() < (this.#silent.get(server) ?? 0);
  }

  #remember(key: string, packet: DecodedPacket): void {
    const ttls = (packet.answers ?? []).flatMap((answer) =>
      'ttl' in answer && answer.ttl !== undefined ? [answer.ttl] : [],
    );
    const seconds = ttls.length > 0 ? Math.min(...ttls, MAX_TTL_SECONDS) : NEGATIVE_TTL_SECONDS;
    if (seconds <= 0) return;
    const storedAt = this.#options.clock.now();
    this.#cache.set(key, { packet, storedAt, until: storedAt + seconds * 1000 });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_ENTRIES && oldest !== undefined) this.#cache.delete(oldest);
  }
}

/** Nothing came back in time. */
class Silence extends Error {
  override readonly name = 'Silence';
}

interface ServerAddress {
  readonly server: string;
  readonly port: number;
  readonly timeoutMs: number;
}

function withTtls(packet: DecodedPacket, ttlOf: (ttl: number) => number): DecodedPacket {
  const answers = (packet.answers ?? []).map((answer) =>
    'ttl' in answer && answer.ttl !== undefined ? { ...answer, ttl: ttlOf(answer.ttl) } : answer,
  );
  return { ...packet, answers };
}

async function askServer(at: ServerAddress, question: Question): Promise<DecodedPacket> {
  const id = Math.floor(Math.random() * 65_536);
  const query: Packet = {
    type: 'query',
    id,
    flags: dnsPacket.RECURSION_DESIRED,
    questions: [question],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        flags: 0,
        options: [],
        extendedRcode: 0,
        ednsVersion: 0,
        flag_do: false,
      },
    ],
  };
  const answer = await overUdp(at, query, id);
  return answer.flag_tc ? overTcp(at, query) : answer;
}

function overUdp({ server, port, timeoutMs }: ServerAddress, query: Packet, id: number): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    // Connected: the kernel hands over nothing that others send, and says when the port is closed.
    const socket = createSocket(isIP(server) === 6 ? 'udp6' : 'udp4');
    const timer = setTimeout(() => end(() => reject(new Silence(`${server} does not answer`))), timeoutMs);
    const end = (then: () => void) => {
      clearTimeout(timer);
      socket.close();
      then();
    };
    socket.once('error', (error) => end(() => reject(error)));
    socket.on('message', (message) => {
      const packet = tryDecode(message);
      if (packet?.id === id) end(() => resolve(packet));
    });
    socket.connect(port, server, () => socket.send(dnsPacket.encode(query)));
  });
}

function overTcp({ server, port, timeoutMs }: ServerAddress, query: Packet): Promise<DecodedPacket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: server, port, timeout: timeoutMs });
    const received: Buffer[] = [];
    socket.once('timeout', () => socket.destroy(new Silence(`${server} does not answer`)));
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      const all = Buffer.concat(received);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      socket.destroy();
      const packet = tryDecode(all.subarray(2));
      if (packet) resolve(packet);
      else reject(new Error(`${server} answers what is no DNS`));
    });
    socket.once('connect', () => socket.end(dnsPacket.streamEncode(query)));
  });
}

function tryDecode(message: Buffer): DecodedPacket | undefined {
  try {
    return dnsPacket.decode(message);
  } catch {
    return undefined; // not an answer to anything
  }
}
