import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { isSea } from 'node:sea';
import { assetPath } from '../../lib/assets.ts';

/** The executables of a release, by name. */
export const RELEASES: readonly string[] = ['bramble-linux-x64', 'bramble-linux-arm64'];

export interface ReleaseFile {
  readonly path: string;
  readonly size: number;
  /** Changes with the content. */
  readonly etag: string;
}

/** Finds what machines that join can have: beside the program, the program itself, or what was put into <data-dir>/dist. */
export class ReleaseFiles {
  readonly folder: string;
  /** By path and etag: a file is read through once. */
  readonly #sums = new Map<string, Promise<string>>();

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'dist');
  }

  async find(name: string): Promise<ReleaseFile | undefined> {
    for (const path of this.#places(name)) {
      const found = await stat(path).catch(() => undefined); // Not there, or not to be read: the next place.
      if (found?.isFile())
        return {
          path,
          size: found.size,
          etag: `"${found.size.toString(36)}-${Math.floor(found.mtimeMs).toString(36)}"`,
        };
    }
    return undefined;
  }

  /** SHA-256, hex. */
  sha256(file: ReleaseFile): Promise<string> {
    const key = `${file.path} ${file.etag}`;
    const known = this.#sums.get(key);
    if (known) return known;
    const sum = hashFile(file.path);
    this.#sums.set(key, sum);
    sum.catch(() => this.#sums.delete(key));
    return sum;
  }

  #places(name: string): string[] {
    const own = isSea() && name === `bramble-linux-${process.arch}` ? [execPath] : [];
    const beside = isSea() ? join(dirname(execPath), name) : (assetPath(name) ?? assetPath(join('dist', name)));
    return [join(this.folder, name), ...own, ...(beside ? [beside] : [])];
  }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
