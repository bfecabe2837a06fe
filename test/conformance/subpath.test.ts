import assert from 'node:assert/strict';
import type { Volume } from '../../src/api/types.ts';
import { job } from '../e2e/pods/manifests.ts';
import { configMap, secret } from './lib/configs.ts';
import { conformance } from './lib/conformance.ts';
import type { Context } from './lib/context.ts';
import { Pods } from './lib/pods.ts';

interface Kind {
  readonly create: (context: Context) => Promise<void>;
  readonly volume: Partial<Volume>;
  readonly content: string;
}

const ITEM = { path: 'file', fieldRef: { fieldPath: 'metadata.name' } };
const CONFIG_MAP: Kind = {
  create: (context) => configMap(context, 'source', { file: 'from configmap\n' }),
  volume: { configMap: { name: 'source' } },
  content: 'from configmap\n',
};

const KINDS: Record<string, Kind> = {
  configmap: CONFIG_MAP,
  secret: {
    create: (context) => secret(context, 'source', { file: 'from secret\n' }),
    volume: { secret: { secretName: 'source' } },
    content: 'from secret\n',
  },
  downward: { create: async () => {}, volume: { downwardAPI: { items: [ITEM] } }, content: 'main' },
  projected: {
    create: CONFIG_MAP.create,
    volume: { projected: { sources: [{ configMap: { name: 'source' } }] } },
    content: CONFIG_MAP.content,
  },
};

/** A pod that reads one file of a volume, mounted by itself, in its first container and in one started again. */
async function reads(context: Context, { create, volume, content }: Kind, mountPath: string): Promise<void> {
  const pods = new Pods(context);
  await create(context);
  const volumes = [
    { name: 'test', ...volume },
    { name: 'runs', emptyDir: {} },
  ];
  const volumeMounts = [
    { name: 'test', mountPath, subPath: 'file' },
    { name: 'runs', mountPath: '/runs' },
  ];
  // Fails once, so that the mount is made a second time.
  const script = `cat ${mountPath}; echo run >> /runs/all; [ $(wc -l < /runs/all) -eq 2 ]`;
  const output = await pods.run(job('main', script, { volumes, restartPolicy: 'OnFailure' }, { volumeMounts }));
  assert.equal(output, content);
  assert.equal((await pods.get('main')).status?.containerStatuses?.[0]?.restartCount, 1);
}

for (const [name, kind] of Object.entries(KINDS)) {
  conformance(
    `[sig-storage] Subpath Atomic writer volumes should support subpaths with ${name} pod [Conformance]`,
    (context) => reads(context, kind, '/test/file'),
  );
}

conformance(
  '[sig-storage] Subpath Atomic writer volumes should support subpaths with configmap pod with mountPath of existing file [Conformance]',
  (context) => reads(context, CONFIG_MAP, '/etc/resolv.conf'),
);
