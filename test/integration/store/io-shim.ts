import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Compiles the library that stands between a process and the disk. @returns its path; `undefined` where there is no C compiler. */
export async function buildShim(directory: string): Promise<string | undefined> {
  const library = join(directory, 'io-shim.so');
  const source = join(import.meta.dirname, 'io-shim.c');
  try {
    await promisify(execFile)('cc', ['-O1', '-shared', '-fPIC', '-o', library, source, '-ldl', '-lpthread']);
    return library;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** One thing that a process did to a file: `d` the database, `w` its write-ahead log, `1` its standard output. */
export interface TraceRecord {
  /** Write, truncate, sync begun, sync done. */
  readonly op: 'w' | 't' | 'b' | 's';
  readonly file: 'd' | 'w' | '1';
  readonly offset: number;
  readonly data: Buffer;
}

const HEAD_BYTES = 24;

/** Reads what io-shim.c recorded; an incomplete last record is left out. */
export function parseTrace(trace: Buffer): TraceRecord[] {
  const records: TraceRecord[] = [];
  for (let at = 0; at + HEAD_BYTES <= trace.length; ) {
    const op = String.fromCharCode(trace[at] ?? 0) as TraceRecord['op'];
    const file = String.fromCharCode(trace[at + 1] ?? 0) as TraceRecord['file'];
    const offset = Number(trace.readBigUInt64LE(at + 8));
    const length = op === 'w' ? Number(trace.readBigUInt64LE(at + 16)) : 0;
    const data = trace.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    if (data.length < length) break;
    records.push({ op, file, offset, data });
    at += HEAD_BYTES + length;
  }
  return records;
}
