import { once } from 'node:events';
import { createInflate, type Inflate } from 'node:zlib';
import { spdyDictionary } from './dictionary.ts';
import { SpdyError } from './frame.ts';

const MAX_BLOCK_BYTES = 64 * 1024;
const MAX_HEADERS = 100;

/** Reads header blocks. All of a connection's are one zlib stream: decode them in order, one after the other. */
export class HeaderDecoder {
  readonly #inflate: Inflate = createInflate({ dictionary: spdyDictionary() });
  #output: Buffer[] = [];
  #size = 0;

  constructor() {
    this.#inflate.on('data', (bytes: Buffer) => {
      this.#size += bytes.length;
      if (this.#size > MAX_BLOCK_BYTES) this.#inflate.destroy(new SpdyError('a header block is too long'));
      else this.#output.push(bytes);
    });
  }

  /** @returns values by name in small letters. @throws SpdyError */
  async decode(block: Buffer): Promise<Map<string, string>> {
    [this.#output, this.#size] = [[], 0];
    await this.#feed(block);
    return parseHeaders(Buffer.concat(this.#output));
  }

  close(): void {
    this.#inflate.destroy();
  }

  async #feed(block: Buffer): Promise<void> {
    const settled = new AbortController();
    try {
      const failed = once(this.#inflate, 'close', { signal: settled.signal });
      // Called back when all that the block holds has come out.
      const written = new Promise<void>((resolve, reject) =>
        this.#inflate.write(block, (error) => (error ? reject(error) : resolve())),
      );
      await Promise.race([written, failed]);
      if (this.#inflate.destroyed) throw new Error('the decoder is closed');
    } catch (error) {
      throw new SpdyError('a header block cannot be decompressed', { cause: error });
    } finally {
      settled.abort();
    }
  }
}

/** Names and values behind their count, each behind its length; all numbers of 32 bits. */
function parseHeaders(bytes: Buffer): Map<string, string> {
  let at = 0;
  const word = () => {
    if (at + 4 > bytes.length) throw new SpdyError('a header block is cut short');
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const text = () => {
    const length = word();
    if (at + length > bytes.length) throw new SpdyError('a header block is cut short');
    at += length;
    return bytes.toString('utf8', at - length, at);
  };
  const count = word();
  if (count > MAX_HEADERS) throw new SpdyError(`${count} headers`);
  const headers = new Map<string, string>();
  for (let i = 0; i < count; i++) headers.set(text().toLowerCase(), text());
  return headers;
}

/** zlib's head: deflate, 32 KiB window, with the dictionary of this Adler-32. */
const ZLIB_HEAD = Buffer.from('78bbe3c6a7c2', 'hex');
/** A block of deflate that holds nothing: makes the reader hand out what came before it. */
const FLUSH = Buffer.from('000000ffff', 'hex');
const NO_HEADERS = Buffer.alloc(4);

/**
 * Writes header blocks without headers, which is all a server here has to say. Their zlib stream is made of stored blocks:
 * a compressor per connection would cost 256 KiB to say nothing.
 */
export class EmptyHeaderEncoder {
  #hasBegun = false;

  encode(): Buffer {
    const head = this.#hasBegun ? Buffer.alloc(0) : ZLIB_HEAD;
    this.#hasBegun = true;
    // Not the last block, stored; length and its complement in little-endian.
    const stored = Buffer.from([0, 4, 0, 0xfb, 0xff]);
    return Buffer.concat([head, stored, NO_HEADERS, FLUSH]);
  }
}
