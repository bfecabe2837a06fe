import { request } from 'node:http';
import { missingPackages } from '../../up/engine.ts';
import { type Check, type Finding, findings } from '../finding.ts';

/** What the engine says of itself (GET /info), as far as it matters here. */
export interface EngineFacts {
  readonly ServerVersion: string;
  readonly Driver: string;
  readonly LiveRestoreEnabled: boolean;
  readonly CgroupDriver: string;
  readonly CgroupVersion?: string;
  readonly SecurityOptions?: readonly string[];
  readonly Swarm?: { readonly LocalNodeState?: string };
}

export interface DockerFacts {
  /** Debian packages that are not installed. */
  readonly missing: readonly string[];
  readonly engine: EngineFacts | { readonly error: string };
}

const OLDEST = [20, 10] as const;
const SLOW_DRIVERS: readonly string[] = ['vfs', 'devicemapper', 'fuse-overlayfs'];

export function judgeDocker({ missing, engine }: DockerFacts): Finding[] {
  const { problem } = findings('docker');
  if (missing.length > 0) {
    return [
      problem(`not installed: ${missing.join(', ')}`, {
        means: 'pods are Docker containers',
        mend: `apt-get install ${missing.join(' ')}`,
        fix: { do: 'install', packages: missing },
      }),
    ];
  }
  if ('error' in engine) {
    const mend = "systemctl enable --now docker; 'journalctl -u docker' says why it does not start";
    return [problem(`Docker does not answer: ${engine.error}`, { means: 'no pod can run', mend })];
  }
  const worries = judgeEngine(engine);
  if (worries.some(({ level }) => level === 'problem')) return worries;
  const cgroup = `cgroup v${engine.CgroupVersion ?? '1'} by ${engine.CgroupDriver}`;
  const restore = engine.LiveRestoreEnabled ? ', live-restore' : '';
  const text = `Docker ${engine.ServerVersion}, ${engine.Driver}, ${cgroup}${restore}`;
  return [findings('docker').ok(text), ...worries];
}

function judgeEngine(engine: EngineFacts): Finding[] {
  const { warning, problem } = findings('docker');
  const [major = 0, minor = 0] = engine.ServerVersion.split('.').map(Number);
  const options = (engine.SecurityOptions ?? []).join(' ');
  const found: Finding[] = [];
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    const mend = 'apt-get install docker.io (Debian 11 or newer)';
    found.push(
      problem(`Docker ${engine.ServerVersion} is older than 20.10`, { means: 'pods cannot run with it', mend }),
    );
  }
  if (options.includes('rootless')) {
    const means = 'pods need networks and mounts that only a Docker of root can make';
    found.push(problem('Docker runs rootless', { means, mend: 'apt-get install docker.io, which runs as root' }));
  }
  if (options.includes('userns')) {
    const means = 'files that Bramble puts into pods belong to another user there';
    found.push(
      warning('user namespaces are remapped', { means, mend: 'take "userns-remap" out of /etc/docker/daemon.json' }),
    );
  }
  if (SLOW_DRIVERS.includes(engine.Driver)) {
    const means = 'every container is a full copy of its image: slow, and the disk fills';
    found.push(
      warning(`storage driver ${engine.Driver}`, { means, mend: 'use a file system that overlay2 works on (ext4)' }),
    );
  }
  if (engine.Swarm?.LocalNodeState === 'active') {
    const means = 'Docker cannot keep containers running over its own restarts (live-restore) while Swarm is on';
    found.push(warning('this engine is part of a Swarm', { means, mend: 'docker swarm leave --force' }));
  } else if (!engine.LiveRestoreEnabled) {
    const means = "pods restart whenever Docker does, for example at Docker's upgrade";
    const mend = 'put "live-restore": true into /etc/docker/daemon.json, then systemctl reload docker';
    found.push(warning('live-restore is off', { means, mend, fix: { do: 'liveRestore' } }));
  }
  return found;
}

/** Asks the engine; a socket that nobody answers says why. */
function askEngine(dockerHost: string): Promise<EngineFacts | { readonly error: string }> {
  const [, socketPath] = /^unix:\/\/(.+)$/.exec(dockerHost) ?? [];
  const [, host, port] = /^tcp:\/\/([^:]+):(\d+)$/.exec(dockerHost) ?? [];
  return new Promise((resolve) => {
    const where = socketPath ? { socketPath } : { host, port };
    const asked = request({ ...where, path: '/info', timeout: 10_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () => resolve(parseInfo(Buffer.concat(chunks).toString())));
    });
    asked.once('timeout', () => asked.destroy(new Error('no answer within 10 s')));
    asked.once('error', (error) => resolve({ error: error.message }));
    asked.end();
  });
}

function parseInfo(text: string): EngineFacts | { readonly error: string } {
  try {
    const info = JSON.parse(text) as EngineFacts;
    return info.ServerVersion ? info : { error: text.slice(0, 200) };
  } catch {
    return { error: `it answers "${text.slice(0, 100)}"` };
  }
}

export const docker: Check = {
  name: 'docker',
  run: async ({ dockerHost }) => judgeDocker({ missing: await missingPackages(), engine: await askEngine(dockerHost) }),
};
