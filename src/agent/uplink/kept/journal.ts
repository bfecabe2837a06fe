import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { writePrivateFile } from '../../../lib/private-file.ts';
import { fileKey, newHeader, openSealed, type SealedContent, sealFrame } from './sealed-frames.ts';

/** What is being appended to. */
interface Tail {
  readonly key: Uint8Array;
  /** Frames there are. */
  readonly count: number;
  readonly bytes: number;
}

/** A sealed file of texts that is appended to, or written anew as a whole. After a power cut it holds all that was synced. */
export class Journal {
  readonly #path: string;
  readonly #privateKey: KeyObject;
  /** undefined: there is no file that can be appended to. */
  #tail: Tail | undefined;

  private constructor(path: string, privateKey: KeyObject, tail: Tail | undefined) {
    this.#path = path;
    this.#privateKey = privateKey;
    this.#tail = tail;
  }

  /** Reads what is there. Never throws: what is wrong with the content, or with the disk below it, is in `damage`. */
  static async open(
    path: string,
    keyPem: string,
  ): Promise<{ journal: Journal } & Pick<SealedContent, 'texts' | 'damage'>> {
    const { header, texts, goodBytes, damage } = openSealed(keyPem, (await bytesOf(path)) ?? UNREADABLE);
    const privateKey = createPrivateKey(keyPem);
    const isUsable = goodBytes > 0;
    const tail = isUsable ? { key: fileKey(privateKey, header), count: texts.length, bytes: goodBytes } : undefined;
    return { journal: new Journal(path, privateKey, tail), texts, damage };
  }

  /** Size of the file; 0 when it must be written as a whole first. */
  get bytes(): number {
    return this.#tail?.bytes ?? 0;
  }

  /** Adds a text durably. What an earlier write left half done is overwritten. @throws Error when the disk is full or broken */
  async append(text: string): Promise<void> {
    const tail = this.#tail;
    if (!tail) return this.replace(text);
    const frame = sealFrame(tail.key, tail.count, text);
    const file = await open(this.#path, 'r+');
    try {
      await file.truncate(tail.bytes);
      await writeAll(file, frame, tail.bytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    this.#tail = { key: tail.key, count: tail.count + 1, bytes: tail.bytes + frame.length };
  }

  /** Puts a file with this text alone in the place of the one there is: at any instant one of the two is there, whole. */
  async replace(text: string): Promise<void> {
    const header = newHeader();
    const key = fileKey(this.#privateKey, header);
    const content = Buffer.concat([header, sealFrame(key, 0, text)]);
    await writePrivateFile(this.#path, content);
    this.#tail = { key, count: 1, bytes: content.length };
  }
}

/** write(2) may take less than it was given when the disk is nearly full, and tells so by the count alone. @throws Error when it takes no more */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    if (bytesWritten === 0) throw new Error(`${written} of ${bytes.length} bytes were written`);
    written += bytesWritten;
  }
}

/** No file begins so. */
const UNREADABLE = new Uint8Array([0]);

/** Empty without a file; undefined when it cannot be read: a worn card must not keep the agent from starting. */
async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Uint8Array();
    return undefined;
  }
}
