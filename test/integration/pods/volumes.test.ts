import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tmpfsOptions } from '../../../src/agent/volumes/empty-dir.ts';
import { MemoryMounts } from '../../../src/agent/volumes/memory-mounts.ts';
import { parseMountPoints } from '../../../src/agent/volumes/mount-table.ts';
import { PodVolumes } from '../../../src/agent/volumes/pod-volumes.ts';
import { resolveSubPath } from '../../../src/agent/volumes/sub-path.ts';
import type { VolumeSources } from '../../../src/agent/volumes/volume.ts';
import type { ConfigMap, Container, Pod, Secret, Volume } from '../../../src/api/types.ts';
import { createLogger } from '../../../src/lib/logger.ts';

describe('volumes on a real file system', () => {
  const root = mkdtempSync(join(tmpdir(), 'bramble-volumes-'));
  const objects = new Map<string, ConfigMap | Secret>();
  const sources: VolumeSources = {
    configMap: (_, name) => objects.get(`ConfigMap/${name}`),
    secret: (_, name) => objects.get(`Secret/${name}`),
    claim: () => undefined,
    volume: () => undefined,
    node: () => undefined,
    volumesDir: join(root, 'volumes'),
    memory: new MemoryMounts(createLogger('silent')),
    allocatable: () => ({ cpu: '4', memory: '8Gi' }),
  };
  const volumes = new PodVolumes(join(root, 'pods'), sources);
  after(() => rmSync(root, { recursive: true, force: true }));

  const pod = (list: Volume[], uid = 'u1'): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'default', uid },
    spec: { volumes: list, containers: [] },
  });
  const dir = (name: string, uid = 'u1') => join(root, 'pods', uid, 'volumes/kubernetes.io~empty-dir', name);
  const mountsOf = (list: Volume[], volumeMounts: Container['volumeMounts']) =>
    volumes.mounts(pod(list), { name: 'c', volumeMounts });

  it('makes an emptyDir that everybody may write to, and keeps what is in it when set up again', async () => {
    const spec = pod([{ name: 'data', emptyDir: {} }]);
    await volumes.setUp(spec);
    assert.equal(statSync(dir('data')).mode & 0o7777, 0o777);
    writeFileSync(join(dir('data'), 'kept'), '');
    await volumes.setUp(spec);
    assert.ok(existsSync(join(dir('data'), 'kept')));
    await volumes.tearDown('u1');
    assert.equal(existsSync(dir('data')), false);
  });

  it('mounts an emptyDir in memory once, with its limit, and unmounts it', async () => {
    const spec = pod([{ name: 'mem', emptyDir: { medium: 'Memory', sizeLimit: '2Mi' } }]);
    await volumes.setUp(spec);
    await volumes.setUp(spec);
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(dir('mem')));
    assert.equal(mounts.length, 1);
    assert.match(mounts[0] ?? '', /size=2048k/);
    assert.equal(statSync(dir('mem')).mode & 0o7777, 0o777);
    await volumes.tearDown('u1');
    assert.equal(parseMountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).has(dir('mem')), false);
  });

  it('tears down what was never set up', () => volumes.tearDown('nobody'));

  const types: [string, string, string | undefined][] = [
    ['Directory', 'dir', undefined],
    ['Directory', 'file', 'is not a directory'],
    ['Directory', 'missing', 'is not a directory'],
    ['File', 'file', undefined],
    ['File', 'dir', 'is not a file'],
    ['FileOrCreate', 'dir', 'is not a file'],
    ['DirectoryOrCreate', 'file', 'is not a directory'],
    ['Socket', 'socket', undefined],
    ['Socket', 'file', 'is not a socket file'],
    ['CharDevice', 'file', 'is not a character device'],
    ['BlockDevice', 'file', 'is not a block device'],
  ];
  describe('hostPath', () => {
    const host = join(root, 'host');
    const server = createServer();
    before((done) => {
      mkdirSync(join(host, 'dir'), { recursive: true });
      writeFileSync(join(host, 'file'), '');
      server.listen(join(host, 'socket'), done);
    });
    after((done) => {
      server.close(done);
    });
    for (const [type, name, error] of types) {
      it(`of type ${type} ${error ? 'refuses' : 'takes'} ${name}`, async () => {
        const path = join(host, name);
        const setUp = volumes.setUp(pod([{ name: 'v', hostPath: { path, type: type as 'File' } }]));
        if (!error) return setUp;
        const message = `MountVolume.SetUp failed for volume "v" : hostPath type check failed: ${path} ${error}`;
        await assert.rejects(setUp, { name: 'VolumeError', message });
      });
    }

    it('makes what its type says may be made', async () => {
      const made = { dir: join(host, 'new/dir'), file: join(host, 'new/file') };
      await volumes.setUp(
        pod([
          { name: 'd', hostPath: { path: made.dir, type: 'DirectoryOrCreate' } },
          { name: 'f', hostPath: { path: made.file, type: 'FileOrCreate' } },
        ]),
      );
      assert.ok(statSync(made.dir).isDirectory());
      assert.ok(statSync(made.file).isFile());
    });

    it('takes a character device', () =>
      volumes.setUp(pod([{ name: 'v', hostPath: { path: '/dev/null', type: 'CharDevice' } }])));

    it('is never removed with the pod', async () => {
      await volumes.setUp(pod([{ name: 'v', hostPath: { path: join(host, 'dir'), type: 'Directory' } }]));
      await volumes.tearDown('u1');
      assert.ok(existsSync(join(host, 'dir')));
    });
  });

  it('names a kind of volume that it does not know', () =>
    assert.rejects(volumes.setUp(pod([{ name: 'cfg', nfs: { server: 's', path: '/' } }])), {
      message: 'MountVolume.SetUp failed for volume "cfg" : nfs volumes are not supported by this version of Bramble',
    }));

  it('mounts a subPath inside the volume, made when it lacks', async () => {
    const list: Volume[] = [{ name: 'data', emptyDir: {} }];
    await volumes.setUp(pod(list));
    const [mount] = await mountsOf(list, [{ name: 'data', mountPath: '/x', subPath: 'a/b', readOnly: true }]);
    assert.deepEqual(mount, { hostPath: join(dir('data'), 'a/b'), containerPath: '/x', readOnly: true });
    assert.ok(statSync(join(dir('data'), 'a/b')).isDirectory());
  });

  it('makes every component of a subPath as open as its volume, whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      const volume = join(root, 'shared');
      for (const mode of [0o2777, 0o755, 0o1777]) {
        rmSync(volume, { recursive: true, force: true });
        mkdirSync(volume);
        chownSync(volume, 0, 2345);
        chmodSync(volume, mode);
        await resolveSubPath(volume, 'a/b');
        for (const made of ['a', 'a/b']) {
          const { gid, mode: actual } = statSync(join(volume, made));
          // The group of the volume comes along with its set-group-ID.
          assert.deepEqual([made, actual & 0o7777, gid], [made, mode, mode & 0o2000 ? 2345 : 0]);
        }
      }
      chmodSync(join(volume, 'a'), 0o700);
      await resolveSubPath(volume, 'a/c');
      assert.equal(statSync(join(volume, 'a')).mode & 0o7777, 0o700, 'what was there keeps its mode');
    } finally {
      process.umask(umask);
    }
  });

  it('follows links that stay in the volume and refuses those that leave it', async () => {
    const volume = join(root, 'links');
    mkdirSync(join(volume, 'real'), { recursive: true });
    symlinkSync('real', join(volume, 'inside'));
    symlinkSync('/etc', join(volume, 'absolute'));
    symlinkSync('../..', join(volume, 'relative'));
    assert.equal(await resolveSubPath(volume, 'inside/deep'), join(volume, 'real/deep'));
    await assert.rejects(resolveSubPath(volume, 'absolute/passwd'), /leads out of its volume/);
    await assert.rejects(resolveSubPath(volume, 'relative'), /leads out of its volume/);
    await assert.rejects(resolveSubPath(volume, '../x'), /must be a relative path/);
    await assert.rejects(resolveSubPath(volume, '/etc'), /must be a relative path/);
    await assert.rejects(resolveSubPath(volume, 'real/../../x'), /must be a relative path/);
  });

  it('gives an emptyDir in memory the kernel’s own limit where the spec has none', () => {
    assert.equal(tmpfsOptions(undefined), 'mode=0777');
    assert.equal(tmpfsOptions('64Mi'), 'mode=0777,size=67108864');
  });
});
