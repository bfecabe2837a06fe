import { randomInt } from 'node:crypto';

/** Kubernetes' alphabet for suffixes: no vowels and no look-alikes, so that no word comes out (apimachinery, util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;

/** A name from metadata.generateName: its first 58 characters and five random ones. */
export function generateName(base: string, pick: (below: number) => number = randomInt): string {
  let suffix = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += ALPHABET[pick(ALPHABET.length)];
  return base.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + suffix;
}
