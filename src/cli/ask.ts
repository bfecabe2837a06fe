import { createInterface } from 'node:readline/promises';

/** Is there somebody at a terminal? */
export function canAsk(): boolean {
  return process.stdin.isTTY === true;
}

/** Asks a yes-or-no question on the terminal; without one the answer is no. */
export async function confirm(question: string, fallback: 'yes' | 'no' = 'no'): Promise<boolean> {
  if (!canAsk()) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await lines.question(`${question} [${fallback === 'yes' ? 'Y/n' : 'y/N'}] `)).trim().toLowerCase();
    return answer === '' ? fallback === 'yes' : answer === 'y' || answer === 'yes';
  } finally {
    lines.close();
  }
}
