import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Exchange, Route } from '../apiserver/http/handler.ts';
import { methodNotAllowed } from '../apiserver/http/resource-exchange.ts';
import { sendObject } from '../apiserver/http/respond.ts';

export const SNAPSHOT_PATH = '/bramble/v1/snapshots';

/** Where a snapshot lies; whoever asked for it takes it away. */
export interface Snapshot {
  readonly path: string;
}

/**
 * Makes a copy of the running store in the data directory, for `bramble backup` on this machine. The copy never travels: who asks gets
 * its path, and only root can read there.
 */
export class SnapshotRoute implements Route {
  readonly #folder: string;
  readonly #snapshotTo: (path: string) => Promise<void>;

  constructor(dataDir: string, snapshotTo: (path: string) => Promise<void>) {
    this.#folder = join(dataDir, '.snapshots');
    this.#snapshotTo = snapshotTo;
  }

  async handle({ info, request, response }: Exchange): Promise<boolean> {
    if (info.path !== SNAPSHOT_PATH) return false;
    if (request.method !== 'POST') throw methodNotAllowed();
    // What nobody took away: one is enough for the only one who asks.
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, `${randomBytes(6).toString('hex')}.db`);
    try {
      await this.#snapshotTo(path);
      await chmod(path, 0o600);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const made: Snapshot = { path };
    await sendObject(request, response, 201, made);
    return true;
  }
}
