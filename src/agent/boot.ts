import { readFileSync } from 'node:fs';
import { startTimeOf } from '../lib/process-start.ts';

/**
 * Names this run of the machine; another after every boot, whatever its clock says (a Pi keeps no time). A machine made of
 * namespaces shares the kernel's boot id with others, so that the start of its own process 1 is part of the name.
 */
export function bootOfMachine(): string {
  const kernel = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${kernel}/${startTimeOf(1) ?? ''}`;
}
