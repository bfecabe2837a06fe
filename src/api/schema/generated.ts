import { readFileSync } from 'node:fs';
import { getRawAsset, isSea } from 'node:sea';

/**
 * One file of src/api/generated/. In the single executable they are assets named `generated/<name>`.
 * @throws Error when `npm run gen` has not run.
 */
export function readGenerated(name: 'structure.json' | 'descriptions.json.gz'): Buffer {
  if (isSea()) return Buffer.from(getRawAsset(`generated/${name}`));
  return readFileSync(new URL(`../generated/${name}`, import.meta.url));
}

/** A value that is made at its first use and never changes after. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
