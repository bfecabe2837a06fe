import assert from 'node:assert/strict';
import type { Volume } from '../../../types.ts';
import { wrongInSpec, wrongInVolume } from './test-pod.ts';

describe('validation of volumes', () => {
  const at = 'spec.volumes[0]';
  const cases: [title: string, volume: Partial<Volume>, wrong: string[]][] = [
    ['takes an emptyDir for nothing', {}, []],
    ['wants a name', { name: '' }, [`${at}.name: Required value`]],
    [
      'wants no more than one source',
      { emptyDir: {}, hostPath: { path: '/' } },
      [`${at}.hostPath: Forbidden: may not specify more than 1 volume type`],
    ],
    [
      'wants a size that is one',
      { emptyDir: { sizeLimit: '-1' } },
      [`${at}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`],
    ],
    ['wants a path on the host', { hostPath: { path: '' } }, [`${at}.hostPath.path: Required value`]],
    [
      'keeps to the path on the host, and knows its types',
      { hostPath: { path: '/a/../b', type: 'Pipe' as 'File' } },
      [
        `${at}.hostPath.path: Invalid value: "/a/../b": must not contain '..'`,
        `${at}.hostPath.type: Unsupported value: "Pipe": supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
      ],
    ],
    [
      'judges files of a Secret',
      { secret: { defaultMode: 512, items: [{ key: '', path: '..x', mode: 1000 }] } },
      [
        `${at}.secret.secretName: Required value`,
        `${at}.secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive`,
        `${at}.secret.items[0].key: Required value`,
        `${at}.secret.items[0].path: Invalid value: "..x": must not start with '..'`,
        `${at}.secret.items[0].mode: Invalid value: 1000: must be a number between 0 and 0777 (octal), both inclusive`,
      ],
    ],
    ['wants the name of a ConfigMap', { configMap: {} }, [`${at}.configMap.name: Required value`]],
    [
      'wants one source of a downward file',
      { downwardAPI: { items: [{ path: 'a' }] } },
      [`${at}.downwardAPI: Required value: one of fieldRef and resourceFieldRef is required`],
    ],
    [
      'wants the container of a downward resource',
      { downwardAPI: { items: [{ path: 'a', resourceFieldRef: { resource: 'limits.cpu' } }] } },
      [`${at}.downwardAPI.resourceFieldRef.containerName: Required value`],
    ],
    [
      'lets no two projected sources write one file',
      {
        projected: {
          sources: [
            { configMap: { name: 'a', items: [{ key: 'k', path: 'p' }] } },
            { secret: { name: 'b', items: [{ key: 'k', path: 'p' }] } },
          ],
        },
      },
      [`${at}.projected: Invalid value: "b": conflicting duplicate paths`],
    ],
    ['wants the server of an NFS', { nfs: { server: '', path: '/a' } }, [`${at}.nfs.server: Required value`]],
    [
      'wants the name of a claim',
      { persistentVolumeClaim: { claimName: '' } },
      [`${at}.persistentVolumeClaim.claimName: Required value`],
    ],
    [
      'judges iSCSI',
      { iscsi: { targetPortal: 'a', iqn: 'x', lun: 256 } },
      [
        `${at}.iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa`,
        `${at}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`,
      ],
    ],
    ['wants a driver', { csi: { driver: '' } }, [`${at}.csi.driver: Required value`]],
    ['wants the reference of an image', { image: {} }, [`${at}.image.reference: Required value`]],
  ];
  for (const [title, volume, wrong] of cases) it(title, () => assert.deepEqual(wrongInVolume(volume), wrong));

  it('wants a template that has a name, and an account for a token', () => {
    assert.deepEqual(wrongInVolume({ ephemeral: {} }), [`${at}.ephemeral.volumeClaimTemplate: Required value`]);
    const projected = { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 1 } }] };
    assert.deepEqual(wrongInVolume({ projected }), [
      `${at}.projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes`,
      `${at}.projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set`,
    ]);
  });

  it('takes each name once', () => {
    const volume = { name: 'v', emptyDir: {} };
    assert.deepEqual(wrongInSpec({ volumes: [volume, volume] }), ['spec.volumes[1].name: Duplicate value: "v"']);
  });
});
