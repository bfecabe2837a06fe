import assert from 'node:assert/strict';
import { eventually } from '../../lib/eventually.ts';

/** Answers every request with `Hello, ` and its pod's name. */
export const HELLO_IMAGE = 'alicek106/rr-test:echo-hostname';

/** @returns the pod that a page of such a server names; '' when there is none */
export function helloOf(page: string): string {
  return /Hello, *([-\w]+)/.exec(page)?.[1] ?? '';
}

/** Asks until each of these pods, and no other, has answered. */
export async function allAnswer(names: readonly string[], ask: () => Promise<string>): Promise<void> {
  const seen = new Set<string>();
  await eventually(async () => {
    seen.add(helloOf(await ask()));
    assert.deepEqual([...seen].sort(), [...names].sort());
  });
}
