import type { NodeCondition } from '../../api/types.ts';
import { type HealthType, SLOW_DISK_MS, type Verdict } from './judge-health.ts';

/** What makes a message useful, where it is known. */
export interface HealthFacts {
  /** `Raspberry Pi 4 Model B`; '' for a machine that is none. */
  readonly board: string;
  readonly celsius: number | undefined;
  /** `mmcblk0p2` */
  readonly device: string;
}

/** Reason and message while all is well. */
const WELL: Readonly<Record<HealthType, readonly [string, string]>> = {
  UnderVoltage: ['SufficientVoltage', 'the power supply delivers enough voltage'],
  ThermalThrottled: ['CPUNotThrottled', 'the CPU is not held back by heat'],
  SlowDisk: ['DiskResponsive', 'the disk answers in time'],
};

/** One condition of the node: what is wrong and what to do about it. */
export function healthCondition({ type, isBad, latencyMs }: Verdict, facts: HealthFacts): NodeCondition {
  const [reason, message] = isBad ? BAD[type](facts, latencyMs) : WELL[type];
  return { type, status: isBad ? 'True' : 'False', reason, message };
}

const BAD: Readonly<Record<HealthType, (facts: HealthFacts, latencyMs?: number) => readonly [string, string]>> = {
  UnderVoltage: ({ board }) => [
    'UnderVoltageDetected',
    `the power supply delivers under 4.63 V, which slows the CPU down and can destroy what is on an SD card: use ${supplyFor(board)} and a short, thick cable`,
  ],
  ThermalThrottled: ({ celsius }) => [
    'CPUThrottled',
    `the CPU is slowed down because it is too hot${celsius === undefined ? '' : ` (${Math.round(celsius)} °C)`}: give it a heat sink, a fan or more air`,
  ],
  SlowDisk: ({ device }, latencyMs) => [
    'DiskSlow',
    `the disk ${device} took ${latencyMs ?? SLOW_DISK_MS} ms for an operation in the last minute (more than ${SLOW_DISK_MS} ms is slow): a worn or slow SD card; use one of class A2, or an SSD for Docker's data`,
  ],
};

function supplyFor(board: string): string {
  if (/Raspberry Pi 5/.test(board)) return 'the official 5.1 V/5 A supply of the Raspberry Pi 5';
  if (/Raspberry Pi 4/.test(board)) return 'the official 5.1 V/3 A supply of the Raspberry Pi 4';
  return 'the official supply of this board (5.1 V, 2.5 A or more)';
}
