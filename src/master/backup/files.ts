import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntrySource } from './archive.ts';

/** What a backup says of itself. */
export interface Manifest {
  /** The release that made it. */
  readonly bramble: string;
  /** RFC 3339; when the copy of the store was complete. */
  readonly createdAt: string;
}

export const MANIFEST = 'manifest.json';
export const DATABASE = 'bramble.db';
export const PKI = 'pki';
export const CONFIG = 'config/master.yaml';

/** A file on disk, under another name. */
export async function entryOf(name: string, path: string): Promise<EntrySource> {
  const { size } = await stat(path);
  return { name, size, content: createReadStream(path) };
}

/** Keys and certificates; what a cut write left is none. */
export async function pkiFiles(dataDir: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, PKI), { withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp')).map((entry) => entry.name);
}

/** Makes names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
