import { type Check, type Finding, findings } from '../finding.ts';
import { textOf } from '../observe.ts';

/** @param table text of /proc/swaps */
export function judgeSwap(table: string): Finding[] {
  const { ok, warning } = findings('swap');
  const places = table
    .split('\n')
    .slice(1)
    .map((row) => row.split(/\s+/)[0] ?? '')
    .filter(Boolean);
  const onDisk = places.filter((place) => !place.includes('zram'));
  if (onDisk.length === 0) return [ok(places.length > 0 ? 'in compressed memory (zram)' : 'none')];
  const means = 'pods that use too much memory make the whole machine slow before they end; cards wear out';
  const mend = 'swapoff -a, and for good: systemctl disable --now dphys-swapfile, or take its line out of /etc/fstab';
  return [warning(`on ${onDisk.join(', ')}`, { means, mend })];
}

export const swap: Check = { name: 'swap', run: async () => judgeSwap(await textOf('/proc/swaps')) };
