import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';

/** When the master was last known to be there, in the time of one boot: no clock that can be set has a part in it. */
export interface ContactRecord {
  readonly bootId: string;
  /** Since the boot, sleep included. */
  readonly atMs: number;
}

/** What the time since the last contact is read from. */
export interface BootClock {
  readonly bootId: string;
  /** Since the boot, sleep included. */
  uptimeMs(): number;
}

const systemBootClock: BootClock = {
  get bootId() {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  },
  uptimeMs: () => uptime() * 1000,
};

/**
 * How long the master has been out of reach.
 * @param record what was noted last; one of another boot says nothing: a machine that was off cannot know for how long.
 * @returns Infinity when nobody can say
 */
export function silenceMs(
  record: ContactRecord | undefined,
  { bootId, uptimeMs }: { bootId: string; uptimeMs: number },
): number {
  if (record?.bootId !== bootId || record.atMs > uptimeMs) return Number.POSITIVE_INFINITY;
  return uptimeMs - record.atMs;
}

/** @returns undefined for what is no record. */
export function parseContact(text: string): ContactRecord | undefined {
  try {
    const { bootId, atMs } = JSON.parse(text) as Partial<ContactRecord>;
    return typeof bootId === 'string' && typeof atMs === 'number' ? { bootId, atMs } : undefined;
  } catch {
    return undefined; // cut short: as good as none
  }
}

/** Where the agent with this data directory notes its contact: agents that share a machine do not mix theirs up. */
export function contactPath(dataDir: string): string {
  const id = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12);
  return `/run/bramble/contact-${id}.json`;
}

export interface ContactOptions {
  /** On a file system in memory (/run): it is written every few seconds, and must not outlive the boot. */
  readonly path: string;
  readonly boot?: BootClock;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Logger;
}

/** Heartbeats that may stay without an answer before the silence counts: one lost on the way is no cut. */
const MISSED_BEATS = 2.5;

/**
 * Whether this node is in touch with the master, or since when it is not; known across restarts of the agent. The silence counts
 * from when the last heartbeat that was answered was sent: the master counts from when it came, which is no sooner.
 */
export class Contact {
  readonly #options: ContactOptions;
  readonly #boot: BootClock;
  readonly #bootId: string;
  readonly #listeners = new Set<() => void>();
  readonly #answerListeners = new Set<() => void>();
  #record: ContactRecord | undefined;
  #hasSession = false;
  #patienceMs = 0;
  #cancelTimer = () => {};
  #wasLive = false;
  #canKeep = true;

  constructor(options: ContactOptions) {
    this.#options = options;
    this.#boot = options.boot ?? systemBootClock;
    this.#bootId = this.#boot.bootId;
    this.#record = readRecord(options.path);
  }

  /** 0 while a session is open, its snapshot whole and the master answers; Infinity after a boot without one. */
  get silenceMs(): Millis {
    const silence = silenceMs(this.#record, { bootId: this.#bootId, uptimeMs: this.#boot.uptimeMs() });
    // A line that broke in the very moment of an answer is silent all the same.
    return this.#hasSession && silence <= this.#patienceMs ? 0 : Math.max(silence, 1);
  }

  /** How much longer this node is in touch, should the master not answer again; 0 when it is not, or before the first session. */
  get restMs(): Millis {
    const silence = silenceMs(this.#record, { bootId: this.#bootId, uptimeMs: this.#boot.uptimeMs() });
    return Math.max(0, this.#patienceMs - silence);
  }

  /** Calls back when contact is made or lost. @returns ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls back with each answer of the master. @returns ends it. */
  onAnswer(listener: () => void): () => void {
    this.#answerListeners.add(listener);
    return () => this.#answerListeners.delete(listener);
  }

  /** How often the master wants a heartbeat, and answers. */
  expectEvery(heartbeatIntervalMs: Millis): void {
    this.#patienceMs = heartbeatIntervalMs * MISSED_BEATS;
  }

  /** The time that all others are given in: since the boot, sleep included. */
  now(): Millis {
    return this.#boot.uptimeMs();
  }

  /** The master's picture of this node is here, and followed from now on. @param askedAt when the session was asked for */
  made(askedAt: Millis): void {
    this.#hasSession = true;
    this.seen(askedAt);
  }

  /** The master has answered a heartbeat that was sent then. One that comes before the picture is whole says nothing. */
  seen(sentAt: Millis): void {
    if (!this.#hasSession) return;
    this.#record = { bootId: this.#bootId, atMs: Math.round(sentAt) };
    if (this.#canKeep) void this.#keep(JSON.stringify(this.#record));
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(this.#patienceMs + 1, () => this.#tell());
    this.#tell();
    for (const listener of this.#answerListeners) listener();
  }

  /** The session broke. */
  lost(): void {
    this.#hasSession = false;
    this.#cancelTimer();
    this.#tell();
  }

  #tell(): void {
    const isLive = this.silenceMs === 0;
    if (isLive === this.#wasLive) return;
    this.#wasLive = isLive;
    for (const listener of this.#listeners) listener();
  }

  async #keep(text: string): Promise<void> {
    const { path, log } = this.#options;
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      // Renamed, so that an agent killed in the middle leaves a whole one. Nothing here is to outlive the boot: no sync.
      await writeFile(`${path}.tmp`, text);
      await rename(`${path}.tmp`, path);
    } catch (err) {
      // Without it a restarted agent takes the silence for endless, and stops what must not run twice: safe, not kind.
      this.#canKeep = false;
      log.warn({ file: path, err }, 'cannot note the last contact with the master');
    }
  }
}

function readRecord(path: string): ContactRecord | undefined {
  try {
    return parseContact(readFileSync(path, 'utf8'));
  } catch {
    return undefined; // the first start since the boot
  }
}

/** Since when the agent with this data directory has no answer of its master, whether it runs or not; Infinity when nobody can say. */
export function silenceOf(dataDir: string): Millis {
  const { bootId } = systemBootClock;
  return silenceMs(readRecord(contactPath(dataDir)), { bootId, uptimeMs: systemBootClock.uptimeMs() });
}
