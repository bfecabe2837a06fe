import { type Check, type Finding, findings, type Purpose } from '../finding.ts';
import { outputOf } from '../observe.ts';

export interface HaproxyFacts {
  readonly role: Purpose['role'];
  /** What `haproxy -v` says; undefined without the program. */
  readonly version: string | undefined;
}

export function judgeHaproxy({ role, version }: HaproxyFacts): Finding[] {
  const { ok, warning } = findings('haproxy');
  if (role === 'master') return [ok('a master needs none')];
  if (version !== undefined) return [ok(version.split('\n')[0]?.trim() ?? '')];
  const fix = { do: 'install', packages: ['haproxy'] } as const;
  return [
    warning('haproxy is not installed', {
      means: 'this node will not serve Ingresses',
      mend: 'apt-get install haproxy',
      fix,
    }),
  ];
}

export const haproxy: Check = {
  name: 'haproxy',
  run: async ({ role }) => judgeHaproxy({ role, version: await outputOf('haproxy', '-v') }),
};
