import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { type Listener, listenersOn } from '../listeners.ts';

export interface PortFacts {
  readonly role: Purpose['role'];
  readonly listeners: readonly Listener[];
}

/** What a master listens on. */
const MASTER_PORTS = [6443, 6444] as const;

export function judgePorts({ role, listeners }: PortFacts): Finding[] {
  const { ok, problem } = findings('ports');
  if (role === 'agent') return [ok('an agent dials out and needs none')];
  const others = listeners.filter(({ command }) => !command.includes('bramble'));
  if (listeners.length > 0 && others.length === 0) return [ok(`${MASTER_PORTS.join(', ')}: a master of Bramble runs`)];
  if (others.length === 0) return [ok(`${MASTER_PORTS.join(', ')} are free`)];
  return others.map(({ port, pid, command }) =>
    problem(`port ${port} is held by ${command || 'somebody'}${pid ? ` (process ${pid})` : ''}`, {
      means: 'the master cannot listen there',
      mend: command.includes('k3s')
        ? 'k3s-uninstall.sh'
        : `stop it, or give the master other ports: --listen 0.0.0.0:7443`,
    }),
  );
}

export const ports: Check = {
  name: 'ports',
  run: async ({ role }) => judgePorts({ role, listeners: role === 'master' ? await listenersOn(MASTER_PORTS) : [] }),
};
