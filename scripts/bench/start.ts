import { atMost, type Measurement } from './measurement.ts';
import { median } from './statistics.ts';

const RESTARTS = 5;

/** From the start of the program to the first `ok` of /readyz: on an empty folder, and again on what it left. */
export const start: Measurement = {
  name: 'start',
  title: 'Start of the master → first answer of /readyz',
  async run(bench) {
    const cluster = bench.install();
    try {
      const first = await cluster.startMaster();
      const again: number[] = [];
      for (let i = 0; i < RESTARTS; i++) {
        await cluster.end('master');
        again.push(await cluster.startMaster());
      }
      return [
        { name: 'first start (keys and certificates are made)', value: first / 1000, unit: 's', goal: atMost(1.5) },
        { name: `start, median of ${RESTARTS}`, value: median(again) / 1000, unit: 's', goal: atMost(1.5) },
      ];
    } finally {
      await cluster.stop();
    }
  },
};
