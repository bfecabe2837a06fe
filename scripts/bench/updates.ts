import type { Pod } from '../../src/api/types.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import { atMost, type Figure, type Measurement } from './measurement.ts';
import { PODS, storedPod } from './pods.ts';
import { percentile } from './statistics.ts';

const UPDATES = 500;

/** Updates of one pod, one after the other, each answered before the next is sent. */
export const updates: Measurement = {
  name: 'updates',
  title: `${UPDATES} pod updates through the API, one after the other`,
  async run(bench) {
    const cluster = bench.install();
    try {
      await cluster.startMaster();
      const api = new ApiConnection(cluster.kubeconfig);
      await api.json('POST', PODS, { body: storedPod('updated', bench.image) });
      const contentType = 'application/merge-patch+json';
      const labels = await timed('label patches', (i) =>
        api.json('PATCH', `${PODS}/updated`, { body: { metadata: { labels: { round: `r${i}` } } }, contentType }),
      );
      let pod = await api.json<Pod>('GET', `${PODS}/updated`);
      const statuses = await timed('status updates', async (i) => {
        const body = { ...pod, status: { ...pod.status, message: `round ${i}` } };
        pod = await api.json<Pod>('PUT', `${PODS}/updated/status`, { body });
      });
      api.close();
      return [...labels, ...statuses];
    } finally {
      await cluster.stop();
    }
  },
};

async function timed(what: string, update: (i: number) => Promise<unknown>): Promise<Figure[]> {
  const took: number[] = [];
  for (let i = 0; i < UPDATES; i++) {
    const start = performance.now();
    await update(i);
    took.push(performance.now() - start);
  }
  const total = took.reduce((sum, ms) => sum + ms, 0);
  return [
    { name: `${UPDATES} ${what}`, value: total / 1000, unit: 's', goal: atMost(10) },
    { name: `one of the ${what}, p99`, value: percentile(took, 0.99), unit: 'ms', goal: atMost(100) },
  ];
}
