/** Prints what a run has found. @returns the exit code */
export function report(seed: number, found: readonly string[]): number {
  for (const sentence of found) console.log(`  ${sentence}`);
  console.log(`seed: ${seed}\nviolations: ${found.length}`);
  return found.length > 0 ? 1 : 0;
}
