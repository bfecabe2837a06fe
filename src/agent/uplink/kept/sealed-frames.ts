import { createCipheriv, createDecipheriv, createPrivateKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/**
 * The format of a sealed file: a header (magic, salt), then frames. A frame is
 * `length u32 | crc32 of length and index u32 | nonce 12 | deflated text, AES-256-GCM | tag 16`, where length counts what
 * follows the two words, and the tag covers the frame's index too: frames cannot be left out, moved or brought in from elsewhere.
 */
const MAGIC = Buffer.from('BRSEAL1\n');
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const PREFIX_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** The beginning of a new file; its salt makes the file's key one of its own. */
export function newHeader(): Buffer {
  return Buffer.concat([MAGIC, randomBytes(SALT_BYTES)]);
}

/** The key of one file. @param privateKey of the node @param header from `newHeader`, or the file's first bytes */
export function fileKey(privateKey: KeyObject, header: Uint8Array): Buffer {
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' });
  const salt = header.subarray(MAGIC.length, HEADER_BYTES);
  return Buffer.from(hkdfSync('sha256', secret, salt, 'bramble sealed file v1', 32));
}

/** The frame with number `index` in its file, from 0. */
export function sealFrame(key: Uint8Array, index: number, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(indexBytes(index));
  const sealed = Buffer.concat([cipher.update(deflateRawSync(text)), cipher.final()]);
  const body = Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
  return Buffer.concat([prefixOf(body.length, index), body]);
}

/** What a sealed file holds. */
export interface SealedContent {
  readonly header: Uint8Array;
  readonly texts: readonly string[];
  /** How far the file is good. */
  readonly goodBytes: number;
  /**
   * `torn`: the last write was cut short and is left out. `corrupt`: not of this node's key, or damaged before its end; then it
   * has no texts, since a state with a hole in it may say that a deleted pod is wanted.
   */
  readonly damage: 'none' | 'torn' | 'corrupt';
}

/** Reads a whole file. Never throws for what the bytes are. */
export function openSealed(keyPem: string, bytes: Uint8Array): SealedContent {
  const header = bytes.subarray(0, HEADER_BYTES);
  const corrupt = { header, texts: [], goodBytes: 0, damage: 'corrupt' } as const;
  if (header.length < HEADER_BYTES) return bytes.length === 0 ? { ...corrupt, damage: 'none' } : corrupt;
  if (!MAGIC.equals(header.subarray(0, MAGIC.length))) return corrupt;
  const key = fileKey(createPrivateKey(keyPem), header);
  const texts: string[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const end = endOfFrame(bytes, at, texts.length);
    const text =
      end !== undefined && end <= bytes.length ? openFrame(key, texts.length, bytes.subarray(at, end)) : undefined;
    if (text === undefined || end === undefined) {
      return isTorn(bytes, at, end) ? { header, texts, goodBytes: at, damage: 'torn' } : corrupt;
    }
    texts.push(text);
    at = end;
  }
  return { header, texts, goodBytes: at, damage: 'none' };
}

/**
 * Whether a bad frame is what a power cut leaves of the last write: it reaches to the end of the file, or all from where it
 * begins is zeros (the file had grown already). Writes follow one another, so only the last one can be like that.
 */
function isTorn(bytes: Uint8Array, at: number, end: number | undefined): boolean {
  if (end !== undefined && end >= bytes.length) return true;
  if (bytes.length - at < PREFIX_BYTES) return true;
  return bytes.subarray(at).every((byte) => byte === 0);
}

/** Where a frame says that it ends; undefined when its first words are not a frame's. */
function endOfFrame(bytes: Uint8Array, at: number, index: number): number | undefined {
  if (bytes.length - at < PREFIX_BYTES) return undefined;
  const prefix = Buffer.from(bytes.subarray(at, at + PREFIX_BYTES));
  const length = prefix.readUInt32BE(0);
  return prefixOf(length, index).equals(prefix) ? at + PREFIX_BYTES + length : undefined;
}

function openFrame(key: Uint8Array, index: number, frame: Uint8Array): string | undefined {
  const body = frame.subarray(PREFIX_BYTES);
  if (body.length < NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(CIPHER, key, body.subarray(0, NONCE_BYTES)).setAAD(indexBytes(index));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const sealed = body.subarray(NONCE_BYTES, -TAG_BYTES);
    return inflateRawSync(Buffer.concat([decipher.update(sealed), decipher.final()])).toString();
  } catch {
    return undefined; // the tag does not fit: what that means is for the whole file to say
  }
}

function prefixOf(length: number, index: number): Buffer {
  const words = Buffer.alloc(PREFIX_BYTES);
  words.writeUInt32BE(length, 0);
  words.writeUInt32BE(crc32(Buffer.concat([words.subarray(0, 4), indexBytes(index)])), 4);
  return words;
}

function indexBytes(index: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(index);
  return bytes;
}
