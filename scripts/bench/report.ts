import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { textTable } from '../../src/cli/text-table.ts';
import { type Figure, isReached } from './measurement.ts';
import { threeDigits } from './statistics.ts';

/** What the figures hold for. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly docker: string;
  readonly node: string;
}

export interface Result {
  readonly name: string;
  readonly title: string;
  readonly figures: readonly Figure[];
}

export function thisMachine(): Machine {
  const docker = execFileSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    docker: docker.trim(),
    node: process.version,
  };
}

export function describeMachine(machine: Machine): string {
  const { cpu, cores, memoryGib, kernel, docker, node } = machine;
  return `${cpu}, ${cores} cores, ${memoryGib} GiB; Linux ${kernel}, Docker ${docker}, Node.js ${node}`;
}

/** How far a figure is from its goal, as a person reads it. */
export function verdict(figure: Figure): string {
  const { goal, value } = figure;
  if (!goal) return '';
  if (isReached(figure)) return 'reached';
  const factor = goal.bound === 'at most' ? value / goal.value : goal.value / value;
  return `missed by ${threeDigits((factor - 1) * 100)} %`;
}

export function renderResult({ title, figures }: Result): string {
  const rows = figures.map((figure) => [
    `  ${figure.name}`,
    `${threeDigits(figure.value)} ${figure.unit}`,
    figure.goal ? `${figure.goal.bound} ${figure.goal.value}` : '',
    verdict(figure),
  ]);
  return `${title}\n${textTable(['  WHAT', 'MEASURED', 'GOAL', ''], rows)}`;
}
