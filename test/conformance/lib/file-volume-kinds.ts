import { configMap, encoded, secret } from './configs.ts';
import type { FileVolume } from './file-volumes.ts';
import { CONFIG_MAPS, SECRETS } from './kinds.ts';

const OF_CONFIG_MAPS: Omit<FileVolume, 'volume'> = {
  create: configMap,
  replace: async (context, name, data) => {
    await context.all(CONFIG_MAPS).patch(name, { data });
  },
  remove: async (context, name) => {
    await context.all(CONFIG_MAPS).delete(name);
  },
};

const OF_SECRETS: Omit<FileVolume, 'volume'> = {
  create: secret,
  replace: async (context, name, data) => {
    await context.all(SECRETS).patch(name, { data: encoded(data) });
  },
  remove: async (context, name) => {
    await context.all(SECRETS).delete(name);
  },
};

export const CONFIG_MAP_VOLUME: FileVolume = {
  ...OF_CONFIG_MAPS,
  volume: (name, options) => ({ configMap: { name, ...options } }),
};

export const SECRET_VOLUME: FileVolume = {
  ...OF_SECRETS,
  volume: (secretName, options) => ({ secret: { secretName, ...options } }),
};

export const PROJECTED_CONFIG_MAP: FileVolume = {
  ...OF_CONFIG_MAPS,
  volume: (name, { defaultMode, ...options } = {}) => ({
    projected: { defaultMode, sources: [{ configMap: { name, ...options } }] },
  }),
};

export const PROJECTED_SECRET: FileVolume = {
  ...OF_SECRETS,
  volume: (name, { defaultMode, ...options } = {}) => ({
    projected: { defaultMode, sources: [{ secret: { name, ...options } }] },
  }),
};
