import { createWriteStream } from 'node:fs';
import { access, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { VERSION } from '../../api/version.ts';
import type { Clock } from '../../lib/clock.ts';
import { type EntrySource, pack } from './archive.ts';
import { BackupError, backupFailure } from './backup-error.ts';
import { CONFIG, DATABASE, entryOf, MANIFEST, type Manifest, PKI, pkiFiles, syncFolder } from './files.ts';
import { seal } from './seal.ts';

export interface BackupOptions {
  readonly dataDir: string;
  /** Goes along when it is there. */
  readonly configFile: string | undefined;
  /** Writes a database that is complete in itself to a path where nothing is. */
  readonly snapshot: (path: string) => Promise<void>;
  readonly passphrase: string;
  /** Where the backup goes; replaced whole, or left as it was. */
  readonly file: string;
  readonly clock: Clock;
}

export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  readonly createdAt: string;
}

/**
 * Makes one sealed file of the store, the cluster's CA and keys, and the configuration.
 * @throws BackupError; then there is no such file, or the one that was there before.
 */
export async function createBackup(options: BackupOptions): Promise<BackupMade> {
  const file = resolve(options.file);
  const partial = join(dirname(file), `.${process.pid}-${options.clock.now()}.partial`);
  let work: string | undefined;
  try {
    await access(join(options.dataDir, PKI)).catch((cause: unknown) => {
      throw new BackupError(`${options.dataDir} holds no master: give its --data-dir`, { cause });
    });
    // On the master's own disk, where nobody else reads, and gone at the end.
    work = await mkdtemp(join(options.dataDir, '.backup-'));
    const database = join(work, DATABASE);
    await options.snapshot(database);
    const createdAt = new Date(options.clock.now()).toISOString();
    const content = Readable.from(pack(entries(options, database, { bramble: VERSION, createdAt })));
    const sealed = async function* (compressed: AsyncIterable<Buffer>) {
      yield* seal(compressed, options.passphrase);
    };
    await pipeline(content, createGzip({ level: 3 }), sealed, createWriteStream(partial, { mode: 0o600, flags: 'wx' }));
    await sync(partial);
    const { size } = await stat(partial);
    await rename(partial, file);
    await syncFolder(dirname(file));
    return { file, bytes: size, createdAt };
  } catch (error) {
    await rm(partial, { force: true });
    throw backupFailure(error, `no backup was written to ${file}`);
  } finally {
    if (work) await rm(work, { recursive: true, force: true });
  }
}

async function* entries(options: BackupOptions, database: string, manifest: Manifest): AsyncGenerator<EntrySource> {
  const text = Buffer.from(JSON.stringify(manifest));
  yield { name: MANIFEST, size: text.length, content: Readable.from([text]) };
  yield await entryOf(DATABASE, database);
  for (const name of await pkiFiles(options.dataDir))
    yield await entryOf(`${PKI}/${name}`, join(options.dataDir, PKI, name));
  if (options.configFile !== undefined) yield await entryOf(CONFIG, options.configFile);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
