import { isIP } from 'node:net';
import type { DecodedPacket, Question } from 'dns-packet';
import type { Clock, Millis } from '../../lib/clock.ts';
import { askServer, Silence } from './name-server.ts';
import { RCODE, rcodeOf } from './rcode.ts';

export interface UpstreamOptions {
  /** Addresses of the node's own name servers, looked up for each question: they change with the network. */
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
/** Who waits holds memory and, for a question of their own, a socket; CoreDNS' forward refuses above `max_concurrent` likewise. */
const MAX_WAITING = 1_000;

/** It is refused, not tried: whoever asks may ask again later. */
export class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
}

/** Times are the monotonic clock's: the date of a machine without a battery jumps once the network tells it. */
interface CacheEntry {
  readonly packet: DecodedPacket;
  readonly storedAt: Millis;
  readonly until: Millis;
}

/** NOERROR and NXDOMAIN are the same from every server; with any other code the next one may know. */
function isFinal(rcode: number): boolean {
  return rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN;
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
  /** How many wait for an answer at this moment, be it to the same question. */
  #waiting = 0;

  constructor(options: UpstreamOptions) {
    this.#options = options;
  }

  /**
   * @returns an answer whose TTLs have been counted down, or an old one when no server answers.
   * @throws TooManyWaiting; Error when there is no answer.
   */
  async resolve(question: Question): Promise<DecodedPacket> {
    const key = `${question.type} ${question.name.toLowerCase()}`;
    const known = this.#known(key);
    if (known) return known;
    this.#waiting += 1;
    try {
      if (this.#waiting > MAX_WAITING) throw new TooManyWaiting(`${MAX_WAITING} wait for names already`);
      return await this.#askOnce(key, question);
    } catch (error) {
      const stale = this.#stale(key);
      if (stale) return stale;
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }

  #askOnce(key: string, question: Question): Promise<DecodedPacket> {
    const underWay = this.#asking.get(key);
    if (underWay) return underWay;
    const asking = this.#ask(key, question).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  #known(key: string): DecodedPacket | undefined {
    const entry = this.#cache.get(key);
    const now = this.#options.clock.monotonic();
    if (!entry || now >= entry.until) return undefined;
    this.#cache.delete(key);
    this.#cache.set(key, entry);
    const passed = Math.floor((now - entry.storedAt) / 1000);
    return withTtls(entry.packet, (ttl) => Math.max(0, ttl - passed));
  }

  #stale(key: string): DecodedPacket | undefined {
    const entry = this.#cache.get(key);
    if (!entry || this.#options.clock.monotonic() >= entry.until + STALE_MS) return undefined;
    return withTtls(entry.packet, () => STALE_TTL_SECONDS);
  }

  async #ask(key: string, question: Question): Promise<DecodedPacket> {
    const { port = PORT } = this.#options;
    const servers = (await this.#options.servers()).filter((server) => isIP(server) !== 0);
    let why: unknown = new Error('this node has no name server');
    const silent = servers.filter((server) => this.#isSilent(server));
    for (const server of [...servers.filter((one) => !silent.includes(one)), ...silent]) {
      const timeoutMs = silent.includes(server) ? SHORT_TRY_MS : TRY_MS;
      try {
        const packet = await askServer({ server, port, timeoutMs }, question, this.#options.clock);
        if (!isFinal(rcodeOf(packet))) throw new Error(`${server} answers with code ${rcodeOf(packet)}`);
        this.#silent.delete(server);
        this.#remember(key, packet);
        return packet;
      } catch (error) {
        why = error;
        if (error instanceof Silence) this.#silent.set(server, this.#options.clock.monotonic() + SILENT_MS);
      }
    }
    throw why;
  }

  #isSilent(server: string): boolean {
    return this.#options.clock.monotonic() < (this.#silent.get(server) ?? 0);
  }

  #remember(key: string, packet: DecodedPacket): void {
    const ttls = (packet.answers ?? []).flatMap((answer) =>
      'ttl' in answer && answer.ttl !== undefined ? [answer.ttl] : [],
    );
    const seconds = ttls.length > 0 ? Math.min(...ttls, MAX_TTL_SECONDS) : NEGATIVE_TTL_SECONDS;
    if (seconds <= 0) return;
    const storedAt = this.#options.clock.monotonic();
    this.#cache.set(key, { packet, storedAt, until: storedAt + seconds * 1000 });
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_ENTRIES && oldest !== undefined) this.#cache.delete(oldest);
  }
}

function withTtls(packet: DecodedPacket, ttlOf: (ttl: number) => number): DecodedPacket {
  const answers = (packet.answers ?? []).map((answer) =>
    'ttl' in answer && answer.ttl !== undefined ? { ...answer, ttl: ttlOf(answer.ttl) } : answer,
  );
  return { ...packet, answers };
}
