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
  #known: Map<string, Millis> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** When each was pulled, by id. */
  async all(): Promise<ReadonlyMap<string, Millis>> {
    this.#known ??= await read(this.#path);
    return this.#known;
  }

  async add(id: string, now: Millis): Promise<void> {
    const known = await this.all();
    if (!known.has(id)) await this.#write(new Map(known).set(id, now));
  }

  /** Forgets those that the engine has no more. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    const known = await this.all();
    if (![...known.keys()].every((id) => ids.has(id)))
      await this.#write(new Map([...known].filter(([id]) => ids.has(id))));
  }

  async #write(known: Map<string, Millis>): Promise<void> {
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
