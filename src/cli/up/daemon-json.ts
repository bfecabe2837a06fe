import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const DAEMON_JSON = '/etc/docker/daemon.json';

/** Docker's settings; those that we do not know are kept as they are. */
export type DaemonJson = Readonly<Record<string, unknown>> & {
  readonly 'registry-mirrors'?: readonly string[];
  readonly 'live-restore'?: boolean;
};

/** @throws Error that names the file when it holds no JSON: to overwrite it would lose somebody's settings. */
export function readDaemonJson(path = DAEMON_JSON): DaemonJson {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DaemonJson;
  } catch (cause) {
    throw new Error(`${path} is not JSON: mend it first (${(cause as Error).message})`, { cause });
  }
}

/** Writes the settings, or removes the file when none are left, and has a running engine read them. */
export function writeDaemonJson(settings: DaemonJson, path = DAEMON_JSON): void {
  if (Object.keys(settings).length === 0) rmSync(path, { force: true });
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(settings, null, 2)}\n`);
  }
  const pid = enginePid();
  if (pid !== undefined) process.kill(pid, 'SIGHUP');
}

/** Containers outlive a restart of Docker from here on. @returns whether anything had to change. */
export async function enableLiveRestore(): Promise<boolean> {
  const settings = readDaemonJson();
  if (settings['live-restore'] === true) return false;
  writeDaemonJson({ ...settings, 'live-restore': true });
  return true;
}

/** Takes back what `enableLiveRestore` did. */
export function forgetLiveRestore(): void {
  const { 'live-restore': _, ...rest } = readDaemonJson();
  writeDaemonJson(rest);
}

/** undefined: it does not run, and reads the file when it starts. */
export function enginePid(): number | undefined {
  try {
    const pid = Number(readFileSync('/var/run/docker.pid', 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}
