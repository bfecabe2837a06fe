import type { Millis } from '../../lib/clock.ts';

export type Level = 'ok' | 'warning' | 'problem';

/** What `--fix` may do, after asking. */
export type Fix =
  | { readonly do: 'shell'; readonly command: string }
  | { readonly do: 'install'; readonly packages: readonly string[] }
  | { readonly do: 'liveRestore' };

/** One thing that was looked at. */
export interface Finding {
  readonly check: string;
  readonly level: Level;
  /** What is the case. */
  readonly what: string;
  /** What follows from it; absent when all is well. */
  readonly means?: string;
  /** How to mend it: the command where there is one. */
  readonly mend?: string;
  readonly fix?: Fix;
}

/** What the machine is looked at for. */
export interface Purpose {
  readonly role: 'master' | 'agent';
  readonly dataDir: string;
  readonly dockerHost: string;
  /** The master's clock and this machine's at the same moment. */
  readonly masterClock?: { readonly masterMs: Millis; readonly ownMs: Millis };
}

/** Observes one side of this machine, and judges it. */
export interface Check {
  readonly name: string;
  run(purpose: Purpose): Promise<Finding[]>;
}

/** Makes findings of one check. */
export function findings(check: string) {
  return {
    ok: (what: string): Finding => ({ check, level: 'ok', what }),
    warning: (what: string, rest: Omit<Finding, 'check' | 'level' | 'what'>): Finding => ({
      check,
      level: 'warning',
      what,
      ...rest,
    }),
    problem: (what: string, rest: Omit<Finding, 'check' | 'level' | 'what'>): Finding => ({
      check,
      level: 'problem',
      what,
      ...rest,
    }),
  };
}
