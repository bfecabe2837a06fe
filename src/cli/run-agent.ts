import { readFileSync } from 'node:fs';
import { buildAgent } from '../agent/build.ts';
import { parseAgentConfig } from '../agent/config.ts';
import { ConfigError, type RawOptions } from '../lib/config-check.ts';
import { runDaemon } from './run-daemon.ts';

/** Runs an agent until it is told to stop. @throws ConfigError that lists every bad key, EnrollmentError when it may not join. */
export async function runAgent(flags: RawOptions, file: RawOptions): Promise<void> {
  const config = parseAgentConfig(flags, file);
  const joinToken = readToken({ ...file, ...flags });
  const stopping = new AbortController();
  const onSignal = () => stopping.abort(new Error('stopped before the node had joined'));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, onSignal);
  const { parts, log } = await buildAgent(config, { joinToken }, stopping.signal);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeListener(signal, onSignal);
  await runDaemon(parts, log);
}

/** From --token, --token-file or the environment's BRAMBLE_TOKEN, which other users of the machine can't read. */
function readToken(raw: RawOptions): string | undefined {
  if (raw.token !== undefined) return String(raw.token);
  if (raw['token-file'] === undefined) return process.env.BRAMBLE_TOKEN;
  try {
    return readFileSync(String(raw['token-file']), 'utf8').trim();
  } catch (error) {
    throw new ConfigError([`token-file: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
