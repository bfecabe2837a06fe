import { join } from 'node:path';
import { AGENT_DEFAULTS, namesOf } from '../../agent/config.ts';
import { DockerRuntime } from '../../agent/runtime/docker.ts';
import { readAgentState } from '../../agent/state-file.ts';
import { silenceOf } from '../../agent/uplink/contact.ts';
import { nodeNameOf } from '../../agent/uplink/identity.ts';
import { systemClock } from '../../lib/clock.ts';
import { createLogger } from '../../lib/logger.ts';
import { readIfThere } from '../../lib/private-file.ts';
import { installedSettings } from '../install/settings.ts';
import { hasSystemd } from '../up/engine.ts';
import type { AgentFacts } from './agent.ts';

/** @returns undefined when this machine has not joined a cluster, as far as whoever asks may read. */
export async function observeAgent(dataDir: string): Promise<AgentFacts | undefined> {
  // Root's alone: whoever may not read it is told to be root by what is tried next.
  const certificate = await readIfThere(join(dataDir, 'agent', 'node.crt')).catch(() => undefined);
  const nodeName = nodeNameOf(certificate);
  if (nodeName === undefined) return undefined;
  const { 'docker-host': host, bridge } = { ...AGENT_DEFAULTS, ...installedSettings('agent') };
  const { owner, network } = namesOf(String(bridge));
  const log = createLogger('silent');
  const runtime = new DockerRuntime({ host: String(host), owner, network, clock: systemClock, log });
  const containers = await runtime.list().catch(() => undefined); // told as what it is: Docker does not answer
  const state = await readAgentState(dataDir);
  return { nodeName, state, silenceMs: silenceOf(dataDir), containers, hasSystemd: hasSystemd(), dataDir };
}
