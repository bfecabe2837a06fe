import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurement } from './measurement.ts';
import { figuresOf, type Round } from './rollout/figures.ts';
import { FEW, MANY, UPDATED } from './rollout/sizes.ts';

const INSIDE = join(import.meta.dirname, 'rollout/inside.ts');
/** A round takes a minute or two: three stand some noise. */
const MAX_ROUNDS = 3;

/** A Deployment and a service of Docker's Swarm mode, side by side on one engine, on a machine of their own. */
export const rollout: Measurement = {
  name: 'rollout',
  title: `Deployment scaled ${FEW} → ${MANY}, rolling update of ${UPDATED}, beside a Swarm service`,
  async run(bench) {
    const machine = bench.machine();
    const output = join(machine.folder, 'rounds.json');
    const rounds = Math.min(bench.rounds, MAX_ROUNDS);
    try {
      const facts = [String(rounds), machine.folder, machine.cgroupParent, ...bench.program, output];
      const code = await machine.run([process.execPath, ...process.execArgv, INSIDE, ...facts]);
      if (code !== 0) throw new Error(`the machine of the rollouts ended with ${code}`);
      const all = JSON.parse(readFileSync(output, 'utf8')) as Round[];
      return figuresOf(all, `${FEW} → ${MANY}, all ready`, `rolling update of ${UPDATED}`);
    } finally {
      await machine.stop();
    }
  },
};
