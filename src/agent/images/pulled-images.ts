import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Millis } from '../../lib/clock.ts';
import { writePrivateFile } from '../../lib/private-file.ts';

/**
 * Which images this agent brought here, and when: the engine does not say who pulled one, and what an owner of the machine pulled
 * or built must stay. A file that is lost or torn means that nothing is removed, never too much.
 */
export class PulledImages {
  readonly #path: string;
  #known: ReadonlyMap<string, Millis> | undefined;
  /** One change at a time: each begins with what the last one left. */
  #changes: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** When each was pulled, by id. */
  async all(): Promise<ReadonlyMap<string, Millis>> {
    this.#known ??= await read(this.#path);
    return this.#known;
  }

  async add(id: string, now: Millis): Promise<void> {
    await this.#change((known) => (known.has(id) ? known : new Map(known).set(id, now)));
  }

  /** Forgets those that the engine has no more. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    await this.#change((known) =>
      [...known.keys()].every((id) => ids.has(id)) ? known : new Map([...known].filter(([id]) => ids.has(id))),
    );
  }

  /** @param change returns what it was given when there is nothing to do */
  #change(change: (known: ReadonlyMap<string, Millis>) => ReadonlyMap<string, Millis>): Promise<void> {
    const mine = this.#changes.then(async () => {
      const known = await this.all();
      const changed = change(known);
      if (changed !== known) await this.#write(changed);
    });
    // Whoever asked for it hears that it failed; the next one begins with what was there before.
    this.#changes = mine.catch(() => {});
    return mine;
  }

  async #write(known: ReadonlyMap<string, Millis>): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await writePrivateFile(this.#path, JSON.stringify(Object.fromEntries(known)));
    this.#known = known;
  }
}

async function read(path: string): Promise<Map<string, Millis>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    const entries = Object.entries(typeof parsed === 'object' && parsed !== null ? parsed : {});
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  } catch {
    return new Map(); // as the class says: nothing is removed then
  }
}
