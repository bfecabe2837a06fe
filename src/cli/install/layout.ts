import { dirname, join } from 'node:path';

export type Role = 'master' | 'agent';

/** Where a lasting installation lies; everything of it goes with `bramble uninstall`. */
export interface Layout {
  /** `/`, or the mounted card of another machine. */
  readonly root: string;
  /** As the machine itself will see it. */
  readonly binDir: string;
  readonly dataDir: string;
}

export const DEFAULT_BIN_DIR = '/usr/local/bin';
export const CONFIG_DIR = '/etc/bramble';
export const UNIT_DIR = '/etc/systemd/system';

export function programPath({ binDir }: Layout): string {
  return join(binDir, 'bramble');
}

/** For an installation that is not one file: beside the folder of programs. */
export function libDir({ binDir }: Layout): string {
  return join(dirname(binDir), 'lib/bramble');
}

export function configPath(role: Role): string {
  return `${CONFIG_DIR}/${role}.yaml`;
}

export function unitName(role: Role): string {
  return `bramble-${role}.service`;
}

/** A path of the machine, as this one reaches it. */
export function at({ root }: Layout, path: string): string {
  return join(root, path);
}
