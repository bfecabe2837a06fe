import { createCipheriv, createDecipheriv, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { BackupError } from './backup-error.ts';

/**
 * The sealed file: a line that says what it is, a line of JSON (how the key is made from the passphrase), a line with the header's
 * HMAC, then chunks of 64 KiB, each under AES-256-GCM with its own tag. A chunk's nonce holds its number and whether it is the last
 * ("STREAM", Hoang, Reyhanitabar, Rogaway and Vizár 2015): chunks cannot be changed, left out, swapped or cut off unnoticed.
 */
const MAGIC = 'bramble-backup';
const FORMAT_VERSION = 1;

const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const PREFIX_BYTES = 7;
/** 32 MB and a tenth of a second on a Pi 4, for each guess. */
const COST = { N: 32_768, r: 8, p: 1 } as const;
/** Of a file from elsewhere, no more than this is spent on its word. */
const MAX_COST = 1_048_576;
const MAX_HEADER_BYTES = 4096;

interface Header {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  /** hex */
  readonly salt: string;
  /** hex */
  readonly nonce: string;
}

interface Keys {
  readonly cipher: Buffer;
  readonly mac: Buffer;
}

async function deriveKeys(passphrase: string, { N, r, p, salt }: Header): Promise<Keys> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  const key = await derive(passphrase, Buffer.from(salt, 'hex'), 64, { N, r, p, maxmem: 256 * N * r });
  return { cipher: key.subarray(0, 32), mac: key.subarray(32) };
}

function headerMac(lines: string, keys: Keys): string {
  return createHmac('sha256', keys.mac).update(lines).digest('hex');
}

/** Of chunk `index`: 7 random bytes of the file, 4 of its number, 1 that says whether it is the last. */
function nonceOf(prefix: Buffer, index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  prefix.copy(nonce);
  nonce.writeUInt32BE(index, PREFIX_BYTES);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Seals bytes with a passphrase. Always ends with a chunk marked as the last, maybe an empty one. */
export async function* seal(content: AsyncIterable<Buffer>, passphrase: string): AsyncGenerator<Buffer> {
  const header: Header = {
    ...COST,
    salt: randomBytes(16).toString('hex'),
    nonce: randomBytes(PREFIX_BYTES).toString('hex'),
  };
  const keys = await deriveKeys(passphrase, header);
  const lines = `${MAGIC} ${FORMAT_VERSION}\n${JSON.stringify(header)}\n`;
  yield Buffer.from(`${lines}${headerMac(lines, keys)}\n`);
  let index = 0;
  const sealChunk = (plain: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv(
      'aes-256-gcm',
      keys.cipher,
      nonceOf(Buffer.from(header.nonce, 'hex'), index++, isLast),
    );
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const { bytes, isLast } of chunked(content, CHUNK_BYTES)) yield sealChunk(bytes, isLast);
}

/**
 * Opens what `seal` made; each piece is given out only when its tag is right.
 * @throws BackupError: no backup, a newer one, the wrong passphrase, damaged, cut off.
 */
export async function* unseal(content: AsyncIterable<Buffer>, passphrase: string): AsyncGenerator<Buffer> {
  const source = content[Symbol.asyncIterator]();
  const { header, keys, rest } = await readHeader(source, passphrase);
  const prefix = Buffer.from(header.nonce, 'hex');
  let index = 0;
  let hasEnded = false;
  for await (const { bytes, isLast } of chunked(remaining(rest, source), CHUNK_BYTES + TAG_BYTES)) {
    const opened = openChunk(bytes, keys, nonceOf(prefix, index, isLast));
    if (!opened) throw damage(bytes, { keys, prefix, index, isLast });
    index += 1;
    hasEnded = isLast;
    yield opened;
  }
  if (!hasEnded) throw new BackupError('the backup is cut off: it was not copied whole');
}

/** A right chunk in the wrong place at the end means that what follows is missing; else it is damaged. */
function damage(bytes: Buffer, at: { keys: Keys; prefix: Buffer; index: number; isLast: boolean }): BackupError {
  if (at.isLast && openChunk(bytes, at.keys, nonceOf(at.prefix, at.index, false))) {
    return new BackupError('the backup is cut off: it was not copied whole');
  }
  const where = at.index * CHUNK_BYTES;
  return new BackupError(`the backup is damaged or cut off (about byte ${where}): take another copy`);
}

function openChunk(bytes: Buffer, keys: Keys, nonce: Buffer): Buffer | undefined {
  if (bytes.length < TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keys.cipher, nonce);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    // final()'s only failure: the tag does not belong to these bytes.
    return undefined;
  }
}

async function readHeader(source: AsyncIterator<Buffer>, passphrase: string) {
  let read = Buffer.alloc(0);
  while (lineEnds(read).length < 3 && read.length < MAX_HEADER_BYTES) {
    const next = await source.next();
    if (next.done) break;
    read = Buffer.concat([read, next.value]);
  }
  const [first = -1, second = -1, third = -1] = lineEnds(read);
  const text = (from: number, to: number) => read.subarray(from, to).toString('latin1');
  const [, version] = new RegExp(`^${MAGIC} (\\d{1,6})$`).exec(text(0, Math.max(first, 0))) ?? [];
  if (version === undefined) throw new BackupError('this file is no backup of Bramble');
  if (Number(version) !== FORMAT_VERSION) {
    throw new BackupError(
      `the backup has format ${version}, this version reads ${FORMAT_VERSION}: restore it with the Bramble that made it, or a newer one`,
    );
  }
  if (third < 0) throw new BackupError('the backup is cut off: it was not copied whole');
  const header = parseHeader(text(first + 1, second));
  const keys = await deriveKeys(passphrase, header);
  const [held, right] = [text(second + 1, third), headerMac(text(0, second + 1), keys)];
  if (held.length !== right.length || !timingSafeEqual(Buffer.from(held), Buffer.from(right))) {
    throw new BackupError('the passphrase is wrong (or the first bytes of the backup are damaged)');
  }
  return { header, keys, rest: read.subarray(third + 1) };
}

function parseHeader(text: string): Header {
  try {
    const header = JSON.parse(text) as Header;
    const isSane = [header.N, header.r, header.p].every((value) => Number.isSafeInteger(value) && value > 0);
    if (
      isSane &&
      header.N * header.r * header.p <= MAX_COST &&
      /^[0-9a-f]{14}$/.test(header.nonce) &&
      /^[0-9a-f]{32}$/.test(header.salt)
    ) {
      return header;
    }
  } catch {
    // Not JSON: the same answer.
  }
  throw new BackupError('the first bytes of the backup are damaged: take another copy');
}

function lineEnds(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at >= 0 && ends.length < 3; at = bytes.indexOf(10, at + 1)) ends.push(at);
  return ends;
}

async function* remaining(first: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** The same bytes in pieces of `size`, the last one shorter or whole, and marked. */
async function* chunked(
  content: AsyncIterable<Buffer>,
  size: number,
): AsyncGenerator<{ bytes: Buffer; isLast: boolean }> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const piece of content) {
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= size) continue;
    let bytes = Buffer.concat(held);
    // One byte more than a chunk must be there: only then it is known not to be the last.
    while (bytes.length > size) {
      yield { bytes: bytes.subarray(0, size), isLast: false };
      bytes = bytes.subarray(size);
    }
    held = [bytes];
    heldBytes = bytes.length;
  }
  yield { bytes: Buffer.concat(held), isLast: true };
}
