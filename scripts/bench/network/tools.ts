import { hasProgram } from '../../../src/cli/up/run-command.ts';

/** @param packages the Debian package of each program @throws Error that says what to install */
export async function needPrograms(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(packages)) if (!(await hasProgram(program))) missing.push(name);
  if (missing.length > 0) throw new Error(`programs are missing here: apt-get install ${missing.join(' ')}`);
}
