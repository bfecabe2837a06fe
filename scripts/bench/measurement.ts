import type { Lab } from '../../test/lab/lab.ts';
import type { LabOptions } from '../../test/lab/plan.ts';
import type { Machine } from '../chaos/machine.ts';
import type { Installation, InstallationOptions } from '../lib/installation.ts';

/** A goal of the design: the figure is to be at most, or at least, this. */
export interface Goal {
  readonly bound: 'at most' | 'at least';
  readonly value: number;
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
  /** How it was come by, where the name does not say. */
  readonly note?: string;
}

/** What a measurement works with. */
export interface Bench {
  /** How often what varies is done again. */
  readonly rounds: number;
  /** How long what is at rest is looked at. */
  readonly seconds: number;
  /** Image of a small container that is on this machine already. */
  readonly image: string;
  /** A new installation from the bundle, apart from all others here; the caller stops it. */
  install(options?: Pick<Partial<InstallationOptions>, 'clusterCidr' | 'agentFlags'>): Installation;
  /** A new machine inside this one, for what may not touch the engine here; the caller stops it. */
  machine(): Machine;
  /** A new lab of several machines; the caller takes it down. */
  lab(options: LabOptions): Promise<Lab>;
  /** The bundled program, as a machine runs it. */
  readonly program: readonly string[];
  say(text: string): void;
}

export interface Measurement {
  readonly name: string;
  readonly title: string;
  run(bench: Bench): Promise<Figure[]>;
}

export function atMost(value: number): Goal {
  return { bound: 'at most', value };
}

export function atLeast(value: number): Goal {
  return { bound: 'at least', value };
}

export function isReached({ value, goal }: Figure): boolean | undefined {
  if (!goal) return undefined;
  return goal.bound === 'at most' ? value <= goal.value : value >= goal.value;
}
