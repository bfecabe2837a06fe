import type { Figure } from '../measurement.ts';
import { median } from '../statistics.ts';

/** What one orchestrator took in one round, in ms. */
export interface Times {
  readonly scale: number;
  readonly update: number;
}

export interface Round {
  readonly bramble: Times;
  readonly swarm: Times;
}

/** Medians of the rounds and how many times Swarm's Bramble's are. @throws RangeError when there are no rounds. */
export function figuresOf(rounds: readonly Round[], scaled: string, updated: string): Figure[] {
  const note = `median of ${rounds.length} interleaved rounds`;
  return [{ what: 'scale', name: scaled } as const, { what: 'update', name: updated } as const].flatMap(
    ({ what, name }) => {
      const bramble = median(rounds.map((round) => round.bramble[what])) / 1000;
      const swarm = median(rounds.map((round) => round.swarm[what])) / 1000;
      return [
        { name: `${name}: Bramble`, value: bramble, unit: 's', note },
        { name: `${name}: Swarm`, value: swarm, unit: 's', note },
        { name: `${name}: ratio`, value: bramble / swarm, unit: '×', note },
      ];
    },
  );
}
