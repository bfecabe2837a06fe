import assert from 'node:assert/strict';
import { job } from '../e2e/pods/manifests.ts';
import { encoded, secret } from './lib/configs.ts';
import { conformance } from './lib/conformance.ts';
import { SECRET_VOLUME } from './lib/file-volume-kinds.ts';
import { fileVolumeTests, mounted, show } from './lib/file-volumes.ts';
import { immutabilityTest } from './lib/immutability.ts';
import { SECRETS } from './lib/kinds.ts';
import { Pods } from './lib/pods.ts';

const named = (behaviour: string) => `[sig-storage] Secrets ${behaviour} [Conformance] [NodeConformance]`;

fileVolumeTests(
  {
    consumable: named('should be consumable from pods in volume'),
    defaultMode: named('should be consumable from pods in volume with defaultMode set [LinuxOnly]'),
    nonRootGroup: named(
      'should be consumable from pods in volume as non-root with defaultMode and fsGroup set [LinuxOnly]',
    ),
    mappings: named('should be consumable from pods in volume with mappings'),
    itemMode: named('should be consumable from pods in volume with mappings and Item Mode set [LinuxOnly]'),
    severalVolumes: named('should be consumable in multiple volumes in a pod'),
    optionalUpdates: named('optional updates should be reflected in volume'),
  },
  SECRET_VOLUME,
);

conformance(
  named(
    'should be able to mount in a volume regardless of a different secret existing with same name in different namespace',
  ),
  async (context) => {
    const other = await context.newNamespace();
    await secret(context, 'source', { 'data-1': 'value-1' });
    const draft = { metadata: { name: 'source' }, data: encoded({ 'data-1': 'other' }) };
    await context.in(other.metadata.name, SECRETS).create(draft);
    const [spec, container] = mounted({ a: SECRET_VOLUME.volume('source') });
    assert.equal(await new Pods(context).run(job('main', show('/etc/a/data-1'), spec, container)), '644\nvalue-1');
  },
);

immutabilityTest('[sig-storage] Secrets should be immutable if `immutable` field is set [Conformance]', SECRETS);
