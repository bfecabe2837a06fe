import { readFile } from 'node:fs/promises';
import type { Container, Exec } from 'dockerode';
import type { Clock } from '../../lib/clock.ts';
import { translateError } from './docker-errors.ts';
import { attachSession } from './docker-streams.ts';
import type { ExecOptions, ExecSession } from './runtime.ts';

const FIRST_LOOK_MS = 5;
const LONGEST_LOOK_MS = 1000;

/** Starts a command in a running container. */
export async function startExec(container: Container, options: ExecOptions, clock: Clock): Promise<ExecSession> {
  const { command, stdin, tty } = options;
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: stdin,
    AttachStdout: true,
    AttachStderr: true,
    Tty: tty,
  });
  const connection = await exec.start({ hijack: true, stdin, Tty: tty });
  return {
    ...attachSession(connection, tty),
    resize: async ({ width, height }) => {
      await exec.resize({ w: width, h: height }).catch((error: unknown) => {
        throw translateError(error, 'resize exec');
      });
    },
    exitCode: (signal) => exitCode(exec, clock, signal),
    kill: () => kill(exec, container.id),
  };
}

/**
 * Docker closes the output a moment before it has noted the end, and a command may close its output long before it ends:
 * looks again at growing intervals until it has.
 */
async function exitCode(exec: Exec, clock: Clock, signal?: AbortSignal): Promise<number> {
  for (let waitMs = FIRST_LOOK_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_LOOK_MS)) {
    try {
      const { Running, ExitCode } = await exec.inspect();
      if (!Running && ExitCode !== null) return ExitCode;
    } catch (error) {
      throw translateError(error, 'inspect exec');
    }
    await clock.sleep(waitMs, signal);
  }
}

/**
 * Docker cannot end a command that it started in a container, so the process itself is killed: by the id that Docker tells, if
 * on this machine that is a process of this container (the engine may be another machine's).
 */
async function kill(exec: Exec, containerId: string): Promise<void> {
  try {
    const { Running, Pid } = await exec.inspect();
    if (!Running || !Pid) return;
    const groups = await readFile(`/proc/${Pid}/cgroup`, 'utf8');
    // It leads a process group of its own: what it started goes with it.
    if (groups.includes(containerId)) process.kill(-Pid, 'SIGKILL');
  } catch {
    // It ended meanwhile, or is out of reach: then it ends with its container at the latest.
  }
}
