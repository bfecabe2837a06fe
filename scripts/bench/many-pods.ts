import type { Pod } from '../../src/api/types.ts';
import { ApiConnection } from '../lib/api-connection.ts';
import { atMost, type Figure, type Measurement } from './measurement.ts';
import { createMany, PODS, storedPod } from './pods.ts';
import { rssMegabytes } from './processes.ts';
import { percentile } from './statistics.ts';

const COUNT = 2000;
const CREATORS = 20;
const LISTS = 10;
const CHANGES = 300;
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** Lists and watches of a store that holds thousands of pods. */
export const manyPods: Measurement = {
  name: 'many-pods',
  title: `Lists and watches at ${COUNT.toLocaleString('en')} pods`,
  async run(bench) {
    const cluster = bench.install();
    try {
      await cluster.startMaster();
      const api = new ApiConnection(cluster.kubeconfig);
      const pods = Array.from({ length: COUNT }, (_, i) => storedPod(`many-${i}`, bench.image));
      const start = performance.now();
      await createMany(api, pods, CREATORS);
      const perSecond = COUNT / ((performance.now() - start) / 1000);
      const figures = [
        { name: `pods created, ${CREATORS} at once`, value: perSecond, unit: 'a second' },
        ...(await lists(api, 'JSON', 'application/json')),
        ...(await lists(api, 'Table', TABLE)),
        ...(await deliveries(api)),
        {
          name: 'master: RSS with them',
          value: rssMegabytes(cluster.pidOf('master') ?? 0),
          unit: 'MB',
        },
      ];
      api.close();
      return figures;
    } finally {
      await cluster.stop();
    }
  },
};

async function lists(api: ApiConnection, form: string, accept: string): Promise<Figure[]> {
  const took: number[] = [];
  for (let i = 0; i < LISTS; i++) {
    const start = performance.now();
    const { code } = await api.send('GET', PODS, { accept });
    if (code !== 200) throw new Error(`GET ${PODS}: ${code}`);
    took.push(performance.now() - start);
  }
  return [{ name: `list as ${form}, median`, value: percentile(took, 0.5), unit: 'ms' }];
}

/** From sending a change, which is on disk before anyone sees it, to its event at a watcher of all pods. */
async function deliveries(api: ApiConnection): Promise<Figure[]> {
  const arrivals = new Map<string, () => void>();
  const { metadata } = await api.json<{ metadata: { resourceVersion: string } }>('GET', `${PODS}?limit=1`);
  const from = `${PODS}?watch=1&resourceVersion=${metadata.resourceVersion}`;
  const unwatch = await api.watch<Pod>(from, ({ object }) => arrivals.get(object.metadata.labels?.change ?? '')?.());
  const took: number[] = [];
  for (let i = 0; i < CHANGES; i++) {
    const change = `c${i}`;
    const arrived = new Promise<void>((done) => arrivals.set(change, done));
    const start = performance.now();
    const body = { metadata: { labels: { change } } };
    const contentType = 'application/merge-patch+json';
    const answered = api.json('PATCH', `${PODS}/many-${(i * 7) % COUNT}`, { body, contentType });
    await arrived;
    took.push(performance.now() - start);
    await answered;
  }
  unwatch();
  return [
    { name: 'change sent → watch event, p50', value: percentile(took, 0.5), unit: 'ms' },
    { name: 'change sent → watch event, p99', value: percentile(took, 0.99), unit: 'ms', goal: atMost(100) },
  ];
}
