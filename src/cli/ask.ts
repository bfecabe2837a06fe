import { createInterface } from 'node:readline/promises';

/** Asks a yes-or-no question on the terminal; without one the answer is no. */
export async function confirm(question: string, fallback: 'yes' | 'no' = 'no'): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await lines.question(`${question} [${fallback === 'yes' ? 'Y/n' : 'y/N'}] `)).trim().toLowerCase();
    return answer === '' ? fallback === 'yes' : answer === 'y' || answer === 'yes';
  } finally {
    lines.close();
  }
}
