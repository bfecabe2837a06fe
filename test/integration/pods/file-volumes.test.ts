import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryMounts } from '../../../src/agent/volumes/memory-mounts.ts';
import { parseMountPoints } from '../../../src/agent/volumes/mount-table.ts';
import { PodVolumes } from '../../../src/agent/volumes/pod-volumes.ts';
import type { VolumeSources } from '../../../src/agent/volumes/volume.ts';
import type { ConfigMap, Pod, Secret, Volume } from '../../../src/api/types.ts';
import { createLogger } from '../../../src/lib/logger.ts';

describe('volumes made of ConfigMaps, Secrets and the pod itself', () => {
  const root = mkdtempSync(join(tmpdir(), 'bramble-file-volumes-'));
  const maps = new Map<string, ConfigMap>();
  const secrets = new Map<string, Secret>();
  const sources: VolumeSources = {
    configMap: (_, name) => maps.get(name),
    secret: (_, name) => secrets.get(name),
    claim: () => undefined,
    volume: () => undefined,
    node: () => undefined,
    volumesDir: join(root, 'volumes'),
    memory: new MemoryMounts(createLogger('silent')),
    allocatable: () => ({ cpu: '4', memory: '8Gi' }),
  };
  const volumes = new PodVolumes(join(root, 'pods'), sources);
  after(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    putMap({ a: 'one', b: 'two' });
    putSecret({ key: 's3cret' });
  });
  afterEach(() => volumes.tearDown('u1'));

  function putMap(data: Record<string, string>, binaryData: Record<string, string> = {}): void {
    maps.set('cfg', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cfg' }, data, binaryData });
  }
  function putSecret(data: Record<string, string>): void {
    const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
    const metadata = { name: 'sec' };
    secrets.set('sec', { apiVersion: 'v1', kind: 'Secret', metadata, data: Object.fromEntries(encoded) });
  }
  const pod = (volume: Omit<Volume, 'name'>, extra: Partial<Pod['spec']> = {}, metadata = {}): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid: 'u1', labels: { app: 'x' }, ...metadata },
    spec: { volumes: [{ name: 'v', ...volume }], containers: [{ name: 'c' }], ...extra },
  });
  const dir = (plugin = 'configmap') => join(root, 'pods/u1/volumes', `kubernetes.io~${plugin}`, 'v');
  const read = (path: string, plugin?: string) => readFileSync(join(dir(plugin), path), 'utf8');
  const modeOf = (path: string, plugin?: string) => statSync(join(dir(plugin), path)).mode & 0o7777;
  const names = (plugin?: string) =>
    readdirSync(dir(plugin))
      .filter((name) => !name.startsWith('..'))
      .sort();

  it('shows every key of a ConfigMap as a file, text and binary', async () => {
    putMap({ a: 'one' }, { bin: 'AAH/' });
    await volumes.setUp(pod({ configMap: { name: 'cfg' } }));
    assert.deepEqual(names(), ['a', 'bin']);
    assert.equal(read('a'), 'one');
    assert.deepEqual(readFileSync(join(dir(), 'bin')), Buffer.from([0, 1, 255]));
    assert.equal(modeOf('a'), 0o644);
    assert.equal(readlinkSync(join(dir(), 'a')), '..data/a');
  });

  it('puts chosen keys where items say, with modes of their own', async () => {
    const items = [
      { key: 'a', path: 'deep/er/first', mode: 0o400 },
      { key: 'b', path: 'second' },
    ];
    await volumes.setUp(pod({ configMap: { name: 'cfg', items, defaultMode: 0o600 } }));
    assert.deepEqual(names(), ['deep', 'second']);
    assert.equal(read('deep/er/first'), 'one');
    assert.equal(modeOf('deep/er/first'), 0o400);
    assert.equal(modeOf('second'), 0o600);
  });

  it('changes all files at once through ..data, and leaves nothing of the old behind', async () => {
    const spec = pod({ configMap: { name: 'cfg' } });
    await volumes.setUp(spec);
    const before = readlinkSync(join(dir(), '..data'));
    await volumes.setUp(spec);
    assert.equal(readlinkSync(join(dir(), '..data')), before, 'nothing changed');
    putMap({ b: 'changed', c: 'new' });
    await volumes.setUp(spec);
    assert.deepEqual(names(), ['b', 'c']);
    assert.equal(read('b'), 'changed');
    const after = readlinkSync(join(dir(), '..data'));
    assert.notEqual(after, before);
    assert.deepEqual(
      readdirSync(dir()).filter((name) => name.startsWith('..')),
      ['..data', after].sort(),
    );
  });

  it('cleans up what an earlier life left in the middle of a change', async () => {
    const spec = pod({ configMap: { name: 'cfg' } });
    await volumes.setUp(spec);
    mkdirSync(join(dir(), '..files_half'));
    execFileSync('ln', ['-s', '..files_half', join(dir(), '..data_tmp')]);
    putMap({ a: 'three' });
    await volumes.setUp(spec);
    assert.equal(read('a'), 'three');
    assert.equal(readdirSync(dir()).filter((name) => name.startsWith('..')).length, 2);
  });

  for (const [title, plugin, volume] of [
    ['a Secret', 'secret', { secret: { secretName: 'sec' } }],
    ['a projected volume', 'projected', { projected: { sources: [{ secret: { name: 'sec' } }] } }],
  ] as const) {
    it(`keeps ${title} in memory only, and out of the swap`, async () => {
      await volumes.setUp(pod(volume as Omit<Volume, 'name'>));
      assert.equal(read('key', plugin), 's3cret');
      const mounted = () => parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).has(dir(plugin));
      assert.ok(mounted());
      assert.equal(modeOf('', plugin), 0o755);
      const [major = 0, minor = 0] = release().split('.').map(Number);
      const options = execFileSync('findmnt', ['-no', 'OPTIONS', dir(plugin)], { encoding: 'utf8' });
      // tmpfs(5): since Linux 6.4.
      if (major > 6 || (major === 6 && minor >= 4)) assert.match(options, /\bnoswap\b/);
      await volumes.tearDown('u1');
      assert.ok(!mounted() && !existsSync(dir(plugin)));
    });
  }

  it('writes fields and resources of the pod, and follows its labels', async () => {
    const items = [
      { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
      { path: 'cpu', resourceFieldRef: { containerName: 'c', resource: 'limits.cpu' } },
    ];
    await volumes.setUp(pod({ downwardAPI: { items } }));
    assert.equal(read('labels', 'downward-api'), 'app="x"');
    assert.equal(read('cpu', 'downward-api'), '4');
    await volumes.setUp(pod({ downwardAPI: { items } }, {}, { labels: { app: 'y' } }));
    assert.equal(read('labels', 'downward-api'), 'app="y"');
  });

  it('puts several sources into one projected volume', async () => {
    const projected = {
      sources: [
        { configMap: { name: 'cfg', items: [{ key: 'a', path: 'conf/a' }] } },
        { secret: { name: 'sec', items: [{ key: 'key', path: 'key', mode: 0o400 }] } },
        { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        { configMap: { name: 'none', optional: true } },
      ],
    };
    await volumes.setUp(pod({ projected }));
    assert.deepEqual(names('projected'), ['conf', 'key', 'name']);
    assert.equal(read('conf/a', 'projected'), 'one');
    assert.equal(modeOf('key', 'projected'), 0o400);
    assert.equal(read('name', 'projected'), 'p');
  });

  it('is empty when an optional source lacks, and fills when it comes', async () => {
    maps.clear();
    const spec = pod({ configMap: { name: 'cfg', optional: true } });
    await volumes.setUp(spec);
    assert.deepEqual(names(), []);
    putMap({ a: 'here' });
    await volumes.setUp(spec);
    assert.equal(read('a'), 'here');
  });

  const failures: [title: string, volume: Omit<Volume, 'name'>, why: string][] = [
    ['a ConfigMap that lacks', { configMap: { name: 'none' } }, 'configmap "none" not found'],
    ['a Secret that lacks', { secret: { secretName: 'none' } }, 'secret "none" not found'],
    [
      'a key that lacks',
      { configMap: { name: 'cfg', items: [{ key: 'z', path: 'z' }] } },
      'configmap references non-existent config key: z',
    ],
    [
      'a secret key that lacks',
      { secret: { secretName: 'sec', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent secret key: z',
    ],
    [
      'all that a projected volume lacks',
      { projected: { sources: [{ configMap: { name: 'x' } }, { secret: { name: 'y' } }] } },
      '[configmap "x" not found, secret "y" not found]',
    ],
    [
      'a kind of source that it does not know',
      { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      'projected serviceAccountToken sources are not supported by this version of Bramble',
    ],
  ];
  for (const [title, volume, why] of failures) {
    it(`names ${title}`, () =>
      assert.rejects(volumes.setUp(pod(volume)), {
        name: 'VolumeError',
        message: `MountVolume.SetUp failed for volume "v" : ${why}`,
      }));
  }

  it('hands files to the fsGroup to read, and emptyDirs to write', async () => {
    const securityContext = { fsGroup: 2345 };
    await volumes.setUp(pod({ secret: { secretName: 'sec', defaultMode: 0o400 } }, { securityContext }));
    const file = statSync(join(dir('secret'), 'key'));
    assert.deepEqual([file.gid, file.mode & 0o7777], [2345, 0o440]);
    const mapped = pod({ configMap: { name: 'cfg' } }, { securityContext });
    await volumes.setUp(mapped);
    const before = readlinkSync(join(dir(), '..data'));
    await volumes.setUp(mapped);
    assert.equal(readlinkSync(join(dir(), '..data')), before, 'the group does not make it look changed');
    await volumes.setUp(pod({ emptyDir: {} }, { securityContext }));
    const empty = statSync(dir('empty-dir'));
    assert.deepEqual([empty.gid, empty.mode & 0o7777], [2345, 0o2777]);
  });

  it('mounts one key by subPath as a file that later changes leave alone', async () => {
    const spec = pod({ configMap: { name: 'cfg' } });
    await volumes.setUp(spec);
    const volumeMounts = [{ name: 'v', mountPath: '/etc/a', subPath: 'a' }];
    const [mount] = await volumes.mounts(spec, { name: 'c', volumeMounts });
    assert.match(mount?.hostPath ?? '', /\/\.\.files_\w+\/a$/);
    assert.equal(mount?.readOnly, true);
  });
});
