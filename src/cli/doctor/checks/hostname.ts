import { hostname as osHostname } from 'node:os';
import { type Check, type Finding, findings } from '../finding.ts';

/** What images come with: the second machine of the house has it too. */
const COMMON: readonly string[] = ['raspberrypi', 'debian', 'ubuntu', 'dietpi', 'armbian'];
const MEND = 'hostnamectl set-hostname attic-pi (and the same name in /etc/hosts), or join with --node-name attic-pi';

export function judgeHostname(name: string): Finding[] {
  const { ok, warning, problem } = findings('hostname');
  const lower = name.toLowerCase();
  if (lower === 'localhost' || lower === '') {
    return [
      problem(`"${name}" names no machine in particular`, {
        means: 'the node would have no name of its own',
        mend: MEND,
      }),
    ];
  }
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(lower)) {
    const means = 'a node name holds lower-case letters, digits and "-" only (RFC 1123)';
    return [problem(`"${name}" cannot be a node's name`, { means, mend: MEND })];
  }
  if (COMMON.includes(lower)) {
    const means = 'the second machine of that name gets a few digits added';
    return [warning(`"${name}" is the name that every fresh card has`, { means, mend: MEND })];
  }
  return [ok(name)];
}

export const hostname: Check = { name: 'hostname', run: async () => judgeHostname(osHostname()) };
