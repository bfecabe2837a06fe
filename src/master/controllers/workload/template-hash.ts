import type { PodTemplateSpec } from '../../../api/types.ts';

/** The label by which the pods of one template are told from those of the others. */
export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** Without vowels and look-alikes, so that no word comes out (apimachinery, util/rand). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const OFFSET = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * A short name for a template: the same for the same content, whatever the order of its fields.
 * @param collisionCount how often the name was found taken by another template: each gives another one.
 * @returns up to ten letters of Kubernetes' alphabet: `9b459b4c5`
 */
export function templateHash(template: PodTemplateSpec, collisionCount?: number): string {
  return shortHash(collisionCount ? [template, collisionCount] : [template]);
}

/** The same of any content: the data of a ControllerRevision. */
export function shortHash(content: unknown): string {
  return safeEncode(String(fnv1a(canonicalJson(content))));
}

/** Fowler-Noll-Vo, 32 bits, over UTF-8. */
function fnv1a(text: string): number {
  let hash = OFFSET;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, PRIME);
  return hash >>> 0;
}

/** As rand.SafeEncodeString does: every character by its code. */
function safeEncode(text: string): string {
  return Array.from(text, (letter) => ALPHABET[letter.charCodeAt(0) % ALPHABET.length]).join('');
}

/** JSON with the keys in order; what is undefined is not there. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
