import { milliValue, parseQuantity, wholeValue } from '../../api/meta/quantity.ts';
import { keptBack, type Threshold } from '../eviction/thresholds.ts';

/** What is kept from pods: cpu in thousandths, all else in bytes or pieces. */
export type Reserved = Readonly<Partial<Record<'cpu' | 'memory' | 'ephemeral-storage' | 'pid', number>>>;

const NAMES = ['cpu', 'memory', 'ephemeral-storage', 'pid'] as const;
const MI = 1024 * 1024;

/** Reads `cpu=100m,memory=256Mi`. @throws RangeError, QuantityError */
export function parseReserved(text: string): Reserved {
  const entries = text.split(',').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    entries.map((part) => {
      const [key = '', value = ''] = part.split('=').map((piece) => piece.trim());
      const name = NAMES.find((candidate) => candidate === key);
      if (!name) throw new RangeError(`cannot reserve "${key}": want ${NAMES.join(', ')}`);
      const quantity = parseQuantity(value);
      if (quantity.nano < 0n) throw new RangeError(`cannot reserve ${key}=${value}: it must not be negative`);
      return [name, name === 'cpu' ? milliValue(quantity) : wholeValue(quantity)];
    }),
  );
}

/**
 * What is kept back of a machine where nobody said it: 100m of cpu, and of memory 256 Mi with the hard threshold's 100 Mi in it;
 * on a machine of 512 MB that would be half of it: a tenth then.
 */
function ownDefault(memoryBytes: number, threshold: number): Reserved {
  const memory = Math.min(256 * MI, memoryBytes / 10);
  return { cpu: 100, memory: Math.max(0, memory - threshold) };
}

export interface Machine {
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** All that pods are not promised: what is reserved, and what hard eviction thresholds keep free. Source: kubelet. */
export function notAllocatable(machine: Machine, given: Reserved | undefined, thresholds: readonly Threshold[]) {
  const memoryKept = keptBack(thresholds, 'memory.available', machine.memoryBytes);
  const reserved = given ?? ownDefault(machine.memoryBytes, memoryKept);
  return {
    milliCpu: reserved.cpu ?? 0,
    memoryBytes: (reserved.memory ?? 0) + (given ? memoryKept : Math.min(memoryKept, machine.memoryBytes / 10)),
    diskBytes: (reserved['ephemeral-storage'] ?? 0) + keptBack(thresholds, 'nodefs.available', machine.diskBytes),
  };
}
