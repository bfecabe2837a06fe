import { resolve } from 'node:path';

const SEED = resolve(import.meta.dirname, '../fixtures/seed');

/** A manifest that stays as its author wrote it. @returns its path */
export function fixture(name: string): string {
  return resolve(SEED, name);
}
