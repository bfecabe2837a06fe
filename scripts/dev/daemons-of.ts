import type { DaemonName } from '../lib/installation.ts';

/**
 * Which daemons a changed file is part of: those that have to be started again. Tests, the command line's own files and what
 * editors leave beside a file are part of none; the rest of src/ and the contract in proto/ of both.
 * @param file path from the root of the checkout
 */
export function daemonsOf(file: string): DaemonName[] {
  if (!/\.(ts|json|proto)$/.test(file) || file.endsWith('.test.ts')) return [];
  if (file.startsWith('src/master/')) return ['master'];
  if (file.startsWith('src/agent/')) return ['agent'];
  if (file === 'src/cli/run-master.ts') return ['master'];
  if (file === 'src/cli/run-agent.ts') return ['agent'];
  return file.startsWith('src/cli/up/') ? [] : ['master', 'agent'];
}
