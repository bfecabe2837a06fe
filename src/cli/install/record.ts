import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from './layout.ts';

/** What was changed on this machine outside our own files, so that `uninstall` knows what to take back. */
export interface InstallRecord {
  /** "live-restore" in Docker's settings is ours. */
  readonly liveRestore?: boolean;
}

function recordPath(dataDir: string): string {
  return join(dataDir, 'install.json');
}

export async function readInstalled(dataDir: string): Promise<InstallRecord> {
  try {
    return JSON.parse(await readFile(recordPath(dataDir), 'utf8')) as InstallRecord;
  } catch {
    return {}; // nothing was changed, or by hand
  }
}

export async function noteInstalled({ dataDir }: Pick<Layout, 'dataDir'>, news: InstallRecord): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(recordPath(dataDir), JSON.stringify({ ...(await readInstalled(dataDir)), ...news }), { mode: 0o600 });
}
