import { createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Millis } from '../../lib/clock.ts';
import { writePrivateFile } from '../../lib/private-file.ts';
import { assertStopped, beginNewHistory } from '../store/copies.ts';
import { type Entry, type EntrySink, unpack } from './archive.ts';
import { BackupError, backupFailure } from './backup-error.ts';
import { CONFIG, DATABASE, MANIFEST, type Manifest, PKI, syncFolder } from './files.ts';
import { HOLD_FILE, renderHold } from './hold-file.ts';
import { unseal } from './seal.ts';

export interface RestoreOptions {
  readonly file: string;
  readonly passphrase: string;
  readonly dataDir: string;
  /** Put what is there aside instead of refusing. */
  readonly isForced: boolean;
  readonly now: Millis;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where what was there before has gone. */
  readonly aside: string | undefined;
  /** The configuration that was backed up. */
  readonly configFile: string | undefined;
}

/** What a master's files are, in the order that they come to their places: the database last, without it there is no master. */
const PLACES = ['kubeconfig', HOLD_FILE, PKI, `${DATABASE}-wal`, DATABASE];

/** Revisions that the lost time may have used: far more than a store makes, and 2^53 is far away all the same. */
function revisionLead(lostMs: number): number {
  return 1_000_000_000 + Math.ceil(Math.max(0, lostMs) / 1000) * 10_000;
}

/**
 * Makes a master's files from a backup: nothing comes to its place before all of the backup was read and found right.
 * @throws BackupError that says what to do; then the data directory is as it was.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { file, dataDir, now } = options;
  let staging: string | undefined;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const isTaken = (await isThere(join(dataDir, DATABASE))) || (await isThere(join(dataDir, PKI)));
    if (isTaken && !options.isForced) {
      throw new BackupError(
        `${dataDir} holds a master already: --force puts it aside, --data-dir takes another folder`,
      );
    }
    if (isTaken) assertStopped(dataDir);
    staging = await mkdtemp(join(dataDir, '.restore-'));
    await unpackInto(staging, file, options.passphrase);
    const manifest = await readManifest(staging);
    for (const name of [DATABASE, join(PKI, 'ca.crt'), join(PKI, 'ca.key')]) await access(join(staging, name));
    beginNewHistory(join(staging, DATABASE), revisionLead(now - Date.parse(manifest.createdAt)));
    // This machine has other addresses, and the old key may be in other hands.
    for (const name of ['serving.crt', 'serving.key']) await rm(join(staging, PKI, name), { force: true });
    await writePrivateFile(join(staging, HOLD_FILE), renderHold(now));
    const aside = isTaken
      ? join(dataDir, `before-restore-${new Date(now).toISOString().replaceAll(':', '-')}`)
      : undefined;
    await moveIn(staging, dataDir, aside);
    const configFile = await placeConfig(staging, dataDir);
    return { manifest, aside, configFile };
  } catch (error) {
    throw backupFailure(error, `nothing was restored from ${file}`);
  } finally {
    if (staging) await rm(staging, { recursive: true, force: true });
  }
}

async function unpackInto(staging: string, file: string, passphrase: string): Promise<void> {
  const unsealed = async function* (content: AsyncIterable<Buffer>) {
    yield* unseal(content, passphrase);
  };
  const sink = new FolderSink(staging);
  try {
    await pipeline(createReadStream(file), unsealed, createGunzip(), (content: AsyncIterable<Buffer>) =>
      unpack(content, sink),
    );
  } finally {
    await sink.close();
  }
}

async function readManifest(staging: string): Promise<Manifest> {
  const manifest = JSON.parse(await readFile(join(staging, MANIFEST), 'utf8')) as Partial<Manifest>;
  if (typeof manifest.bramble !== 'string' || Number.isNaN(Date.parse(manifest.createdAt ?? ''))) {
    throw new BackupError('the backup does not say when it was made');
  }
  return { bramble: manifest.bramble, createdAt: String(manifest.createdAt) };
}

async function moveIn(staging: string, dataDir: string, aside: string | undefined): Promise<void> {
  if (aside) await mkdir(aside, { mode: 0o700 });
  for (const name of [...PLACES].reverse()) {
    if (aside && (await isThere(join(dataDir, name)))) await rename(join(dataDir, name), join(aside, name));
  }
  for (const name of PLACES) {
    if (await isThere(join(staging, name))) await rename(join(staging, name), join(dataDir, name));
  }
  await syncFolder(dataDir);
}

/** Where the master reads it is not known here: beside its data, for a person to put into its place. */
async function placeConfig(staging: string, dataDir: string): Promise<string | undefined> {
  if (!(await isThere(join(staging, CONFIG)))) return undefined;
  const place = join(dataDir, 'master.yaml.restored');
  await rename(join(staging, CONFIG), place);
  return place;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes entries as files that only their owner reads, each durable before the next. */
class FolderSink implements EntrySink {
  readonly #folder: string;
  #open: FileHandle | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin({ name }: Entry): Promise<void> {
    await this.close();
    const path = join(this.#folder, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    this.#open = await open(path, 'wx', 0o600);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#open?.writeFile(bytes);
  }

  async close(): Promise<void> {
    const file = this.#open;
    this.#open = undefined;
    if (!file) return;
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
