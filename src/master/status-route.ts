import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Millis, toRfc3339 } from '../lib/clock.ts';
import type { Exchange, Route } from './apiserver/http/handler.ts';
import { methodNotAllowed } from './apiserver/http/resource-exchange.ts';
import { sendObject } from './apiserver/http/respond.ts';
import { DATABASE } from './backup/files.ts';

export const STATUS_PATH = '/bramble/v1/status';

/** What a master says of its own process, which no object of the API holds. */
export interface MasterStatus {
  /** Bramble's release. */
  readonly version: string;
  /** RFC 3339, by the master's clock. */
  readonly startedAt: string;
  /** On disk, with the log of what is not merged yet. */
  readonly storeBytes: number;
}

/** Tells `bramble status` about the master. */
export class StatusRoute implements Route {
  readonly #options: { readonly dataDir: string; readonly version: string; readonly startedAt: Millis };

  constructor(options: { readonly dataDir: string; readonly version: string; readonly startedAt: Millis }) {
    this.#options = options;
  }

  async handle({ info, request, response }: Exchange): Promise<boolean> {
    if (info.path !== STATUS_PATH) return false;
    if (request.method !== 'GET') throw methodNotAllowed();
    const { dataDir, version, startedAt } = this.#options;
    const status: MasterStatus = {
      version,
      startedAt: toRfc3339(startedAt),
      storeBytes: await storeBytes(dataDir),
    };
    await sendObject(request, response, 200, status);
    return true;
  }
}

async function storeBytes(dataDir: string): Promise<number> {
  const files = (await readdir(dataDir)).filter((name) => name.startsWith(DATABASE));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(dataDir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
