import { address } from './checks/address.ts';
import { architecture } from './checks/architecture.ts';
import { cgroupMemory } from './checks/cgroup-memory.ts';
import { clock } from './checks/clock.ts';
import { diskSpeed } from './checks/disk-speed.ts';
import { docker } from './checks/docker.ts';
import { firewall } from './checks/firewall.ts';
import { haproxy } from './checks/haproxy.ts';
import { hostname } from './checks/hostname.ts';
import { iptables } from './checks/iptables.ts';
import { kernel } from './checks/kernel.ts';
import { nftables } from './checks/nftables.ts';
import { ports } from './checks/ports.ts';
import { space } from './checks/space.ts';
import { swap } from './checks/swap.ts';
import type { Check, Finding, Purpose } from './finding.ts';

/** In the order that a person mends things in. */
const CHECKS: readonly Check[] = [
  architecture,
  kernel,
  cgroupMemory,
  clock,
  docker,
  iptables,
  nftables,
  firewall,
  haproxy,
  address,
  hostname,
  ports,
  space,
  diskSpeed,
  swap,
];

/** Looks at everything. A check that cannot look is a warning of its own, and does not keep the others from looking. */
export async function runChecks(purpose: Purpose): Promise<Finding[]> {
  const found: Finding[] = [];
  // One after the other: the disk's speed is measured on a machine that does nothing else.
  for (const check of CHECKS) found.push(...(await runCheck(check, purpose)));
  return found;
}

async function runCheck(check: Check, purpose: Purpose): Promise<Finding[]> {
  try {
    return await check.run(purpose);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const mend = 'run this as root';
    return [
      { check: check.name, level: 'warning', what: `could not be looked at: ${why}`, means: 'nothing is known', mend },
    ];
  }
}
