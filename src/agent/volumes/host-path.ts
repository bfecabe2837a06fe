import type { Stats } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { VolumeError, type VolumeKind } from './volume.ts';

interface TypeRule {
  readonly holds: (stats: Stats) => boolean;
  /** Ends kubelet's sentence `hostPath type check failed: /x is not ...`. */
  readonly what: string;
}

const DIRECTORY: TypeRule = { holds: (stats) => stats.isDirectory(), what: 'a directory' };
const FILE: TypeRule = { holds: (stats) => stats.isFile(), what: 'a file' };

const RULES: Readonly<Record<string, TypeRule>> = {
  Directory: DIRECTORY,
  DirectoryOrCreate: DIRECTORY,
  File: FILE,
  FileOrCreate: FILE,
  Socket: { holds: (stats) => stats.isSocket(), what: 'a socket file' },
  CharDevice: { holds: (stats) => stats.isCharacterDevice(), what: 'a character device' },
  BlockDevice: { holds: (stats) => stats.isBlockDevice(), what: 'a block device' },
};

/** A path of the node itself, checked as its `type` asks; nothing of it is ever removed. Source: kubelet, host_path. */
export const hostPath: VolumeKind = {
  field: 'hostPath',
  plugin: 'kubernetes.io~host-path',

  async setUp({ volume }) {
    const { path, type = '' } = volume.hostPath ?? { path: '' };
    const found = await statOf(path);
    if (type === '') {
      // No check is asked for; Docker refuses a missing source, where kubelet's runtimes make a directory.
      if (!found) await mkdir(path, { recursive: true, mode: 0o755 });
      return;
    }
    const rule = RULES[type];
    if (!rule) throw new VolumeError(`hostPath type ${type} is not supported`);
    if (!found && type === 'DirectoryOrCreate') await mkdir(path, { recursive: true, mode: 0o755 });
    else if (!found && type === 'FileOrCreate') await createFile(path);
    else if (!found || !rule.holds(found)) {
      throw new VolumeError(`hostPath type check failed: ${path} is not ${rule.what}`);
    }
  },

  async tearDown() {
    // The path is the node's, not the pod's.
  },

  hostPath: ({ volume }) => volume.hostPath?.path ?? '',
};

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function createFile(path: string): Promise<void> {
  const handle = await open(path, 'a', 0o644);
  await handle.close();
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
