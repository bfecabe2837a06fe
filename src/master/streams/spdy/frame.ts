/**
 * SPDY/3.1 framing, as much of it as kubectl speaks (draft-mbelshe-httpbis-spdy-00, 2.2 and 2.6): eight bytes of head, then
 * up to 16 MB. A control frame has its first bit set, then version and type; a data frame has its stream there.
 */
const HEAD_BYTES = 8;
const CONTROL = 0x80;
const VERSION = 3;
/** More than any set of headers here; what is longer is no client of ours. */
const MAX_CONTROL_BYTES = 64 * 1024;
const STREAM_ID_MASK = 0x7fffffff;
const FLAG_FIN = 1;
const TYPE = { synStream: 1, synReply: 2, rstStream: 3, ping: 6, goAway: 7 } as const;

/** Status codes of RST_STREAM. */
export const RST = { protocolError: 1, invalidStream: 2, cancel: 5 } as const;

export type SpdyFrame =
  | { readonly type: 'synStream'; readonly streamId: number; readonly isFin: boolean; readonly headerBlock: Buffer }
  /** A data frame, or as much of it as has arrived; `isFin` only on its last piece. */
  | { readonly type: 'data'; readonly streamId: number; readonly isFin: boolean; readonly bytes: Buffer }
  | { readonly type: 'rstStream'; readonly streamId: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway' }
  /** SETTINGS, WINDOW_UPDATE, HEADERS: nothing that we act on. */
  | { readonly type: 'other' };

/** The other side does not speak SPDY/3.1: the connection is of no more use. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

interface Head {
  readonly isControl: boolean;
  /** Of a control frame. */
  readonly kind: number;
  /** Of a data frame. */
  readonly streamId: number;
  readonly isFin: boolean;
}

/** Takes frames apart, however the chunks fall. */
export class FrameParser {
  #held: Buffer = Buffer.alloc(0);
  #head: Head | undefined;
  /** Of the frame in progress. */
  #left = 0;

  /** @returns what `chunk` completes, in order; data in slices of it. @throws SpdyError */
  push(chunk: Buffer): SpdyFrame[] {
    const frames: SpdyFrame[] = [];
    let rest = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    for (;;) {
      if (!this.#head) {
        if (rest.length < HEAD_BYTES) break;
        this.#head = this.#readHead(rest);
        rest = rest.subarray(HEAD_BYTES);
      }
      const bytes = rest.subarray(0, this.#left);
      const isWhole = bytes.length === this.#left;
      // Control frames are read whole, data as it comes.
      if (!isWhole && (this.#head.isControl || bytes.length === 0)) break;
      rest = rest.subarray(bytes.length);
      this.#left -= bytes.length;
      const { streamId, isFin } = this.#head;
      if (this.#head.isControl) frames.push(controlFrame(this.#head, bytes));
      else frames.push({ type: 'data', streamId, isFin: isFin && isWhole, bytes });
      if (isWhole) this.#head = undefined;
    }
    this.#held = rest;
    return frames;
  }

  #readHead(bytes: Buffer): Head {
    const isControl = (bytes.readUInt8(0) & CONTROL) !== 0;
    const version = bytes.readUInt16BE(0) & 0x7fff;
    this.#left = bytes.readUIntBE(5, 3);
    if (isControl && version !== VERSION) throw new SpdyError(`SPDY version ${version}`);
    if (isControl && this.#left > MAX_CONTROL_BYTES) throw new SpdyError(`a control frame of ${this.#left} bytes`);
    const isFin = (bytes.readUInt8(4) & FLAG_FIN) !== 0;
    return { isControl, kind: bytes.readUInt16BE(2), streamId: bytes.readUInt32BE(0) & STREAM_ID_MASK, isFin };
  }
}

function controlFrame({ kind, isFin }: Head, payload: Buffer): SpdyFrame {
  switch (kind) {
    case TYPE.synStream:
      // Behind the id: the stream it belongs to, priority, slot.
      return { type: 'synStream', streamId: idIn(payload, 10), isFin, headerBlock: payload.subarray(10) };
    case TYPE.rstStream:
      return { type: 'rstStream', streamId: idIn(payload, 8) };
    case TYPE.ping:
      return { type: 'ping', id: idIn(payload, 4) };
    case TYPE.goAway:
      return { type: 'goAway' };
    default:
      return { type: 'other' };
  }
}

function idIn(payload: Buffer, leastBytes: number): number {
  if (payload.length < leastBytes) throw new SpdyError(`a control frame cut short at ${payload.length} bytes`);
  return payload.readUInt32BE(0);
}

function control(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt16BE(0x8000 | VERSION, 0);
  head.writeUInt16BE(type, 2);
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => void bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

export function synReply(streamId: number, headerBlock: Buffer): Buffer {
  return control(TYPE.synReply, Buffer.concat([words(streamId), headerBlock]));
}

export function rstStream(streamId: number, status: number): Buffer {
  return control(TYPE.rstStream, words(streamId, status));
}

/** An answer carries the id of the question. */
export function ping(id: number): Buffer {
  return control(TYPE.ping, words(id));
}

/** @param bytes below 16 MB */
export function data(streamId: number, bytes: Uint8Array, isFin: boolean): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(streamId, 0);
  head.writeUInt8(isFin ? FLAG_FIN : 0, 4);
  head.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([head, bytes]);
}
