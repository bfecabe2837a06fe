import { type Duplex, PassThrough, type Readable, Transform, type TransformCallback } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { AttachSession } from './runtime.ts';

/** Docker's frame: stream (0 stdin, 1 stdout, 2 stderr), three zeros, length in big-endian; then that many bytes. */
const HEADER_BYTES = 8;
const STDERR = 2;

interface Piece {
  readonly isStderr: boolean;
  /** A frame, or as much of it as has arrived. */
  readonly bytes: Buffer;
}

/** Takes Docker's frames apart, however the chunks fall. */
export class FrameParser {
  #header = Buffer.alloc(0);
  /** Of the frame in progress. */
  #left = 0;
  #isStderr = false;

  /** @returns the payload in `chunk`, in order, in slices of it. */
  push(chunk: Buffer): Piece[] {
    const pieces: Piece[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        rest = this.#readHeader(rest);
        continue;
      }
      const bytes = rest.subarray(0, this.#left);
      rest = rest.subarray(bytes.length);
      this.#left -= bytes.length;
      pieces.push({ isStderr: this.#isStderr, bytes });
    }
    return pieces;
  }

  #readHeader(chunk: Buffer): Buffer {
    const missing = HEADER_BYTES - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, missing)]);
    if (this.#header.length === HEADER_BYTES) {
      this.#isStderr = this.#header[0] === STDERR;
      this.#left = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    return chunk.subarray(missing);
  }
}

/** Drops the frames' headers: stdout and stderr in the order they were written. */
export function unframe(): Transform {
  const parser = new FrameParser();
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      for (const { bytes } of parser.push(chunk)) this.push(bytes);
      done();
    },
  });
}

/**
 * A hijacked connection as a session. Both outputs must be read: one that is not stalls the other too, so that neither
 * grows without bound. A lost connection destroys both outputs with the error.
 */
export function attachSession(connection: Duplex, tty: boolean): AttachSession {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  if (tty) {
    stderr.end();
    connection.on('error', (error) => stdout.destroy(error));
    connection.pipe(stdout);
  } else {
    demultiplex(connection, stdout, stderr).catch((error) => {
      stdout.destroy(error);
      stderr.destroy(error);
    });
  }
  return { stdin: connection, stdout, stderr, connection };
}

async function demultiplex(source: Readable, stdout: PassThrough, stderr: PassThrough): Promise<void> {
  const parser = new FrameParser();
  for await (const chunk of source) {
    for (const { isStderr, bytes } of parser.push(chunk)) {
      const output = isStderr ? stderr : stdout;
      if (!output.destroyed && !output.write(bytes)) await drained(output);
    }
  }
  stdout.end();
  stderr.end();
}

/** Room again, or nobody there any more. */
function drained(output: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      output.off('drain', done);
      output.off('close', done);
      resolve();
    };
    output.on('drain', done);
    output.on('close', done);
  });
}

/**
 * Hands on a log from the engine until it ends; an abort ends it without an error.
 * @param source the engine's answer @param output what its bytes go through
 */
export function logStream(source: Readable, output: Duplex, signal: AbortSignal): Readable {
  source.pipe(output);
  finished(source, { writable: false }).catch((error: Error) => {
    if (signal.aborted) output.end();
    else output.destroy(error);
  });
  // Who stops reading lets go of the engine's connection too.
  output.on('close', () => source.destroy());
  return output;
}
