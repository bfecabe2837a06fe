import { join } from 'node:path';
import type { Pod } from '../api/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import type { Logger } from '../lib/logger.ts';
import type { Reports } from './assignments.ts';
import type { AgentConfig } from './config.ts';
import { EvictionManager } from './eviction/eviction-manager.ts';
import { HealthMonitor } from './health/health-monitor.ts';
import { ImageKeeper } from './images/image-keeper.ts';
import { PulledImages } from './images/pulled-images.ts';
import type { Refusal } from './pods/admission.ts';
import type { PodManager } from './pods/manager.ts';
import type { ImageInfo, Runtime } from './runtime/runtime.ts';
import type { NodeResources } from './stats/build-node.ts';
import { observeNode } from './stats/node-usage.ts';
import { PodUsageReader } from './stats/pod-usage-reader.ts';

export interface NodeLifeOptions {
  readonly runtime: Runtime;
  readonly reports: Reports;
  /** Made after this. */
  readonly pods: () => PodManager;
  /** Docker's data; undefined until it has told. */
  readonly engineFolder: () => string | undefined;
  /** Something that the Node object shows has changed. */
  readonly onChange: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What keeps a node alive, and what it tells the rest of the agent. */
export interface NodeLife {
  readonly parts: readonly Part[];
  /** Looks at the node once, so that its sizes are known before it is reported. */
  look(): Promise<void>;
  resources(): NodeResources;
  refusal(pod: Pod): Refusal | undefined;
  onPulled(image: ImageInfo, wasHere: boolean): Promise<void>;
}

/** Makes eviction, the keeping of images and the watch of the machine's health. */
export function buildNodeLife(config: AgentConfig, options: NodeLifeOptions): NodeLife {
  const { dataDir, nodeLife } = config;
  const { runtime, reports, pods, engineFolder, onChange, clock, log } = options;
  const usage = new PodUsageReader({ runtime, podsDir: join(dataDir, 'pods') });
  const images = new ImageKeeper({
    runtime,
    pulled: new PulledImages(join(dataDir, 'agent', 'pulled-images.json')),
    policy: nodeLife.imageGc,
    disk: () => eviction.observations.get('imagefs.available') ?? eviction.observations.get('nodefs.available'),
    onChange,
    tell: (event) => reports.event({ pod: undefined, fieldPath: '', ...event }),
    clock,
    log: log.child({ part: 'images' }),
  });
  const eviction = new EvictionManager({
    config: nodeLife,
    observe: () => observeNode({ data: dataDir, engine: engineFolder() ?? dataDir }),
    activePods: () => pods().activePods(),
    readUsage: (active, resource) => usage.read(active, resource),
    reclaimDisk: async () => {
      await pods().removeEndedContainers();
      await images.removeUnused();
    },
    evict: (pod, how) => pods().evict(pod, how),
    onChange,
    reports,
    clock,
    log: log.child({ part: 'eviction' }),
  });
  const health = new HealthMonitor({
    sysfs: nodeLife.fakeSensors ?? '/sys',
    dataFolder: () => engineFolder() ?? dataDir,
    onChange,
    clock,
    log: log.child({ part: 'health' }),
  });
  return {
    look: () => eviction.look(),
    parts: [eviction, images, health],
    resources: () => ({
      diskTotalBytes: eviction.observations.get('nodefs.available')?.capacity ?? 0,
      pressures: eviction.pressures,
      health: health.conditions,
      images: images.status,
      thresholds: nodeLife.thresholds,
      reserved: nodeLife.reserved,
    }),
    refusal: (pod) => eviction.refusal(pod),
    onPulled: (image, wasHere) => images.pulled(image, wasHere),
  };
}
