import { atMost, type Figure } from '../measurement.ts';
import { median } from '../statistics.ts';
import type { Loss, Way } from './loss.ts';

/** What one side took, over the rounds. */
export interface SideLosses {
  readonly side: string;
  readonly losses: readonly { readonly way: Way; readonly loss: Loss }[];
  /** Seconds that the slowest replacement may take; undefined: nobody promised any. */
  readonly goalS: number | undefined;
}

const TITLES: Readonly<Record<Way, string>> = {
  power: 'power cut',
  cable: 'cable pulled',
  agent: 'agent killed',
  engine: 'dockerd killed',
};

/** Medians and the worst of each way to lose a node, and how many bystanders any of them disturbed. */
export function figuresOf({ side, losses, goalS }: SideLosses): Figure[] {
  const byWay = Map.groupBy(losses, ({ way }) => way);
  const times = [...byWay].flatMap(([way, some]): Figure[] => {
    const seconds = (pick: (loss: Loss) => number) => some.map(({ loss }) => pick(loss) / 1000);
    const replaced = seconds(({ replacedMs }) => replacedMs);
    const note = `${some.length} rounds`;
    const name = `${side}, ${TITLES[way]}`;
    const worst = { name: `${name}: replaced, the slowest`, value: Math.max(...replaced), unit: 's', note };
    return [
      { name: `${name}: noticed, median`, value: median(seconds(({ noticedMs }) => noticedMs)), unit: 's', note },
      { name: `${name}: replaced, median`, value: median(replaced), unit: 's', note },
      goalS === undefined ? worst : { ...worst, goal: atMost(goalS) },
    ];
  });
  const watched = losses.filter(({ loss }) => loss.disturbed !== undefined);
  if (watched.length === 0) return times;
  const disturbed = watched.reduce((sum, { loss }) => sum + (loss.disturbed ?? 0), 0);
  return [...times, { name: `${side}: bystanders restarted`, value: disturbed, unit: 'restarts', goal: atMost(0) }];
}
