import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getAssetKeys, getRawAsset, isSea } from 'node:sea';

/** From dist/lib of a bundle, then from src/lib of a checkout; each relative to the folder of this code. */
const ROOTS = ['..', '../..'];

/** Where an asset lies on disk, for libraries that open files themselves; never there in a single executable. */
export function assetPath(name: string): string | undefined {
  if (isSea()) return undefined;
  return ROOTS.map((root) => join(import.meta.dirname, root, name)).find((path) => existsSync(path));
}

/** A file that belongs to the program, `deploy/examples/hello.yaml`, if there is such a one. It may not be changed: it is the executable's own memory. */
export function findAsset(name: string): Buffer | undefined {
  if (isSea()) return getAssetKeys().includes(name) ? Buffer.from(getRawAsset(name)) : undefined;
  const path = assetPath(name);
  return path === undefined ? undefined : readFileSync(path);
}

/** @throws Error when this installation lacks the file. */
export function readAsset(name: string): Buffer {
  const found = findAsset(name);
  if (!found) throw new Error(`${name} is missing from this installation`);
  return found;
}
