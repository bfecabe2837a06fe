import { downwardVolumeTests } from './lib/downward-volumes.ts';

downwardVolumeTests(
  (behaviour) => `[sig-storage] Downward API volume ${behaviour} [Conformance] [NodeConformance]`,
  (items, defaultMode) => ({ downwardAPI: { items, defaultMode } }),
);
