import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { configMap } from './lib/configs.ts';
import { conformance } from './lib/conformance.ts';
import { CONFIG_MAP_VOLUME } from './lib/file-volume-kinds.ts';
import { fileVolumeTests, mounted } from './lib/file-volumes.ts';
import { immutabilityTest } from './lib/immutability.ts';
import { CONFIG_MAPS } from './lib/kinds.ts';
import { Pods } from './lib/pods.ts';

const named = (behaviour: string) => `[sig-storage] ConfigMap ${behaviour} [Conformance] [NodeConformance]`;

fileVolumeTests(
  {
    consumable: named('should be consumable from pods in volume'),
    nonRoot: named('should be consumable from pods in volume as non-root'),
    defaultMode: named('should be consumable from pods in volume with defaultMode set [LinuxOnly]'),
    mappings: named('should be consumable from pods in volume with mappings'),
    itemMode: named('should be consumable from pods in volume with mappings and Item mode set [LinuxOnly]'),
    mappingsNonRoot: named('should be consumable from pods in volume with mappings as non-root'),
    severalVolumes: named('should be consumable in multiple volumes in the same pod'),
    updates: named('updates should be reflected in volume'),
    optionalUpdates: named('optional updates should be reflected in volume'),
  },
  CONFIG_MAP_VOLUME,
);

conformance(named('binary data should be reflected in volume'), async (context) => {
  const bytes = Buffer.from([0xde, 0xca, 0xfe, 0xba, 0xd0, 0xfe, 0xff, 0x00, 0x0a]);
  await configMap(context, 'source', { 'data-1': 'value-1' }, { binaryData: { 'dump.bin': bytes.toString('base64') } });
  const [spec, container] = mounted({ a: CONFIG_MAP_VOLUME.volume('source') });
  const script = 'cat /etc/a/data-1; echo; xxd -p /etc/a/dump.bin';
  const output = await new Pods(context).run(job('main', script, spec, container));
  assert.equal(output, `value-1\n${bytes.toString('hex')}\n`);
});

immutabilityTest('[sig-storage] ConfigMap should be immutable if `immutable` field is set [Conformance]', CONFIG_MAPS);
