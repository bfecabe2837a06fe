import { configMap } from './lib/configs.ts';
import { envSourceTests } from './lib/env-sources.ts';

envSourceTests({
  names: {
    oneKey: '[sig-node] ConfigMap should be consumable via environment variable [Conformance] [NodeConformance]',
    allKeys: '[sig-node] ConfigMap should be consumable via the environment [Conformance] [NodeConformance]',
    prefixes:
      '[sig-node] ConfigMap should be consumable as environment variable names with various prefixes [Conformance]',
  },
  create: configMap,
  key: (name, key) => ({ configMapKeyRef: { name, key } }),
  all: (name) => ({ configMapRef: { name } }),
});
