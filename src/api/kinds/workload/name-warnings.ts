import { checkDns1123Label } from '../../meta/validation.ts';
import type { KubeObject } from '../../types.ts';

/** A name with dots is allowed, and makes hostnames that surprise. */
export function nameWarnings({ metadata }: KubeObject): string[] {
  const wrong = checkDns1123Label(metadata.name);
  if (wrong.length === 0) return [];
  const why = 'this is used in Pod names and hostnames, which can result in surprising behavior';
  return [`metadata.name: ${why}; a DNS label is recommended: [${wrong.join(' ')}]`];
}
