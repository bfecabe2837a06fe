import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { configMap, secret } from './lib/configs.ts';
import { conformance } from './lib/conformance.ts';
import { downwardVolumeTests } from './lib/downward-volumes.ts';
import { PROJECTED_CONFIG_MAP, PROJECTED_SECRET } from './lib/file-volume-kinds.ts';
import { fileVolumeTests, mounted } from './lib/file-volumes.ts';
import { Pods } from './lib/pods.ts';

const named = (source: string) => (behaviour: string) =>
  `[sig-storage] Projected ${source} ${behaviour} [Conformance] [NodeConformance]`;
const [ofConfigMap, ofSecret] = [named('configMap'), named('secret')];

fileVolumeTests(
  {
    consumable: ofConfigMap('should be consumable from pods in volume'),
    nonRoot: ofConfigMap('should be consumable from pods in volume as non-root'),
    defaultMode: ofConfigMap('should be consumable from pods in volume with defaultMode set [LinuxOnly]'),
    mappings: ofConfigMap('should be consumable from pods in volume with mappings'),
    itemMode: ofConfigMap('should be consumable from pods in volume with mappings and Item mode set [LinuxOnly]'),
    mappingsNonRoot: ofConfigMap('should be consumable from pods in volume with mappings as non-root'),
    severalVolumes: ofConfigMap('should be consumable in multiple volumes in the same pod'),
    updates: ofConfigMap('updates should be reflected in volume'),
    optionalUpdates: ofConfigMap('optional updates should be reflected in volume'),
  },
  PROJECTED_CONFIG_MAP,
);

fileVolumeTests(
  {
    consumable: ofSecret('should be consumable from pods in volume'),
    defaultMode: ofSecret('should be consumable from pods in volume with defaultMode set [LinuxOnly]'),
    nonRootGroup: ofSecret(
      'should be consumable from pods in volume as non-root with defaultMode and fsGroup set [LinuxOnly]',
    ),
    mappings: ofSecret('should be consumable from pods in volume with mappings'),
    itemMode: ofSecret('should be consumable from pods in volume with mappings and Item Mode set [LinuxOnly]'),
    severalVolumes: ofSecret('should be consumable in multiple volumes in a pod'),
    optionalUpdates: ofSecret('optional updates should be reflected in volume'),
  },
  PROJECTED_SECRET,
);

downwardVolumeTests(named('downwardAPI'), (items, defaultMode) => ({
  projected: { defaultMode, sources: [{ downwardAPI: { items } }] },
}));

conformance(
  '[sig-storage] Projected combined should project all components that make up the projection API [Projection] [Conformance] [NodeConformance]',
  async (context) => {
    await configMap(context, 'settings', { 'configmap-data': 'configmap-value-1' });
    await secret(context, 'password', { 'secret-data': 'secret-value-1' });
    const sources = [
      { secret: { name: 'password', items: [{ key: 'secret-data', path: 'mypassword' }] } },
      { configMap: { name: 'settings', items: [{ key: 'configmap-data', path: 'config' }] } },
      { downwardAPI: { items: [{ path: 'podname', fieldRef: { fieldPath: 'metadata.name' } }] } },
    ];
    const [spec, container] = mounted({ all: { projected: { sources } } });
    const files = ['podname', 'mypassword', 'config'].map((name) => `/etc/all/${name}`);
    const output = await new Pods(context).run(
      job('main', `for f in ${files.join(' ')}; do cat $f; echo; done`, spec, container),
    );
    assert.equal(output, 'main\nsecret-value-1\nconfigmap-value-1\n');
  },
);
