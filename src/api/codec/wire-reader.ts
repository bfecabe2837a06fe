/** A body that is no protobuf message. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Reads protobuf's wire format off a byte array; never past its end. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  tag(): { readonly field: number; readonly wire: number } {
    const tag = Number(this.#unsigned());
    return { field: Math.floor(tag / 8), wire: tag % 8 };
  }

  /** A signed integer (negative ones take ten bytes); beyond 2^53 as BigInt. */
  integer(): number | bigint {
    const value = BigInt.asIntN(64, this.#unsigned());
    return value <= SAFE && value >= -SAFE ? Number(value) : value;
  }

  double(): number {
    const part = this.#take(8);
    return new DataView(part.buffer, part.byteOffset, 8).getFloat64(0, true);
  }

  bytes(): Uint8Array {
    return this.#take(Number(this.#unsigned()));
  }

  text(): string {
    return textOf(this.bytes());
  }

  /** Passes over a field nobody asked for. */
  skip(wire: number): void {
    if (wire === 0) this.#unsigned();
    else if (wire === 1) this.#take(8);
    else if (wire === 2) this.bytes();
    else if (wire === 5) this.#take(4);
    else throw new WireError(`proto: illegal wireType ${wire}`);
  }

  #unsigned(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new WireError('proto: integer overflow');
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new WireError('unexpected EOF');
    return byte;
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new WireError('unexpected EOF');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
