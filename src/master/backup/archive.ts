import { BackupError } from './backup-error.ts';

/** What one file of a backup is. Its name is relative, with `/`. */
export interface Entry {
  readonly name: string;
  readonly size: number;
}

export interface EntrySource extends Entry {
  readonly content: AsyncIterable<Buffer>;
}

/** Takes the files as they come; `begin` opens the next one, which ends with the next `begin` or with `unpack` itself. */
export interface EntrySink {
  begin(entry: Entry): Promise<void>;
  write(bytes: Buffer): Promise<void>;
}

const MAX_HEAD_BYTES = 4096;

/** Files one after another, each behind the length of its head (4 bytes) and the head (JSON); a length of 0 ends them. */
export async function* pack(entries: AsyncIterable<EntrySource>): AsyncGenerator<Buffer> {
  for await (const { name, size, content } of entries) {
    const head = Buffer.from(JSON.stringify({ name, size }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(head.length);
    yield Buffer.concat([length, head]);
    let written = 0;
    for await (const bytes of content) {
      written += bytes.length;
      yield bytes;
    }
    if (written !== size) throw new BackupError(`${name} changed while it was read`);
  }
  yield Buffer.alloc(4);
}

/** @throws BackupError when it is not what `pack` made. */
export async function unpack(content: AsyncIterable<Buffer>, sink: EntrySink): Promise<void> {
  const reader = new ByteReader(content);
  for (;;) {
    const length = (await reader.exactly(4)).readUInt32BE();
    if (length === 0) return;
    if (length > MAX_HEAD_BYTES) throw new BackupError('the backup holds what this version does not know');
    const entry = parseEntry((await reader.exactly(length)).toString());
    await sink.begin(entry);
    for (let left = entry.size; left > 0; ) {
      const bytes = await reader.upTo(left);
      left -= bytes.length;
      await sink.write(bytes);
    }
  }
}

/** A name may not lead out of the folder that it is unpacked in. */
function parseEntry(text: string): Entry {
  const { name, size } = JSON.parse(text) as Partial<Entry>;
  const isSafe = typeof name === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/.test(name);
  if (!isSafe || typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new BackupError('the backup holds what this version does not know');
  }
  return { name, size };
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(content: AsyncIterable<Buffer>) {
    this.#source = content[Symbol.asyncIterator]();
  }

  async exactly(count: number): Promise<Buffer> {
    while (this.#held.length < count) await this.#more();
    return this.#take(count);
  }

  /** At least one byte, at most `count`. */
  async upTo(count: number): Promise<Buffer> {
    while (this.#held.length === 0) await this.#more();
    return this.#take(Math.min(count, this.#held.length));
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done) throw new BackupError('the backup ends in the middle of a file');
    this.#held = this.#held.length === 0 ? next.value : Buffer.concat([this.#held, next.value]);
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }
}
