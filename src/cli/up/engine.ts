import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackgroundProgram } from './background.ts';
import { hasProgram, runCommand } from './run-command.ts';

const DOCKER_SOCKET = '/var/run/docker.sock';

/** Program → Debian package that brings it. */
const NEEDED: readonly (readonly [string, string])[] = [
  ['dockerd', 'docker.io'],
  ['docker', 'docker.io'],
  ['iptables', 'iptables'],
  ['ip', 'iproute2'],
  ['nft', 'nftables'],
  ['conntrack', 'conntrack'],
];

/** Which Debian packages this machine lacks to run an agent. */
export async function missingPackages(): Promise<string[]> {
  const missing = new Set<string>();
  for (const [program, name] of NEEDED) if (!(await hasProgram(program))) missing.add(name);
  // Debian 13 and later split the client off.
  if (missing.has('docker.io') && (await runCommand('apt-cache', ['search', '--names-only', '^docker-cli$'])))
    missing.add('docker-cli');
  return [...missing];
}

/** Does an engine listen on its socket? */
export function engineAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(DOCKER_SOCKET);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

/** Starts the engine: through systemd where it runs, else by ourselves. Containers outlive a restart of it (live-restore). */
export async function startEngine(program: BackgroundProgram): Promise<void> {
  if (hasSystemd()) await runCommand('systemctl', ['start', 'docker']);
  else program.start('dockerd', ['--live-restore']);
  for (let tries = 0; tries < 300; tries++) {
    if (await engineAnswers()) return;
    if (!hasSystemd() && program.pid === undefined) break;
    await sleep(100);
  }
  const log = hasSystemd() ? "see 'journalctl -u docker'" : `${program.logFile} ends with:\n  ${program.lastLines()}`;
  throw new Error(`Docker did not start; ${log}`);
}

/** The engine that `up` starts where no service manager does. */
export function engineProgram(dataDir: string): BackgroundProgram {
  return new BackgroundProgram(dataDir, 'dockerd');
}
