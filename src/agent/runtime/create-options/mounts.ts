import type { HostMount } from '../runtime.ts';

/** One entry of HostConfig.Mounts. */
export interface BindMount {
  Type: 'bind';
  Source: string;
  Target: string;
  ReadOnly: boolean;
  BindOptions?: { Propagation: 'rprivate' | 'rslave' | 'rshared' };
}

/**
 * Bind mounts, outer paths first: a mount at /data must be there before the one at /data/cache hides a part of it.
 * `Mounts`, not `Binds`: Docker makes a missing source of a bind as a root-owned directory, of a mount it refuses it.
 */
export function mountOptions(mounts: readonly HostMount[]): { Mounts: BindMount[] } {
  const sorted = [...mounts].sort((a, b) => depth(a.containerPath) - depth(b.containerPath));
  return {
    Mounts: sorted.map(({ hostPath, containerPath, readOnly, propagation }) => ({
      Type: 'bind',
      Source: hostPath,
      Target: containerPath,
      ReadOnly: readOnly,
      // rprivate is Docker's own default; unset keeps mounts working under hosts whose tree is private.
      ...(propagation === undefined || propagation === 'rprivate' ? {} : { BindOptions: { Propagation: propagation } }),
    })),
  };
}

function depth(path: string): number {
  return path.split('/').filter(Boolean).length;
}
