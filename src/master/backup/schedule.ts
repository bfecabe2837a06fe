import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Millis } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Chore } from '../housekeeping.ts';
import { createBackup } from './create.ts';

export interface BackupSchedule {
  /** Minute, hour, day of month, month, day of week. */
  readonly cron: string;
  readonly folder: string;
  readonly passphraseFile: string;
  /** So many of the newest stay. */
  readonly keep: number;
}

const NAME = /^bramble-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.backup$/;

/** `bramble-2026-11-26T03-00-00Z.backup`: in the order of their names they are in the order of time. */
export function backupName(now: Millis): string {
  return `bramble-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '-')}Z.backup`;
}

/** Which files of a folder are backups of the schedule that are no longer kept; never anything else. */
export function superfluous(names: readonly string[], keep: number): string[] {
  const backups = names.filter((name) => NAME.test(name)).sort();
  return backups.slice(0, Math.max(0, backups.length - keep));
}

export interface ScheduledBackupParts {
  readonly dataDir: string;
  readonly snapshot: (path: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Backups by the clock. The passphrase is read each time, so that it can be changed; old ones go only after a new one is there. */
export function backupChore(schedule: BackupSchedule, parts: ScheduledBackupParts): Chore {
  return {
    name: 'backup',
    cron: schedule.cron,
    run: async () => {
      const { folder, keep } = schedule;
      const passphrase = (await readFile(schedule.passphraseFile, 'utf8')).trim();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, backupName(parts.clock.now()));
      const made = await createBackup({ ...parts, configFile: undefined, passphrase, file });
      for (const name of superfluous(await readdir(folder), keep)) await rm(join(folder, name));
      parts.log.info({ file, bytes: made.bytes }, 'backed up');
    },
  };
}
