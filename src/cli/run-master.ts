import type { RawOptions } from '../lib/config-check.ts';
import { findHostAddress } from '../lib/host-address.ts';
import { buildMaster } from '../master/build.ts';
import { parseMasterConfig } from '../master/config.ts';
import { runDaemon } from './run-daemon.ts';

/** Runs a master until it is told to stop. @throws ConfigError that lists every bad key. */
export async function runMaster(flags: RawOptions, file: RawOptions): Promise<void> {
  const config = parseMasterConfig(flags, file, await findHostAddress(undefined));
  const { parts, log } = await buildMaster(config);
  await runDaemon(parts, log);
}
