import { secret } from './lib/configs.ts';
import { envSourceTests } from './lib/env-sources.ts';

envSourceTests({
  names: {
    oneKey: '[sig-node] Secrets should be consumable from pods in env vars [Conformance] [NodeConformance]',
    allKeys: '[sig-node] Secrets should be consumable via the environment [Conformance] [NodeConformance]',
    prefixes:
      '[sig-node] Secrets should be consumable as environment variable names variable names with various prefixes [Conformance]',
  },
  create: secret,
  key: (name, key) => ({ secretKeyRef: { name, key } }),
  all: (name) => ({ secretRef: { name } }),
});
