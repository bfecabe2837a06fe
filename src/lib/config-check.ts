/** Collects what is wrong with a configuration, so that its owner sees all of it at once. */
export class ConfigProblems {
  readonly #problems: string[] = [];

  add(key: string, problem: string): void {
    this.#problems.push(`--${key}: ${problem}`);
  }

  /** @throws ConfigError that lists every problem, when there is any. */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

/** Wrong flags or configuration file: exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What a flag or a key of the configuration file may hold before it is checked. */
export type RawOptions = Readonly<Record<string, unknown>>;

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, `[::1]:port`; `:port` listens everywhere. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) return undefined;
  return { host: match[1] ?? (match[2] || '0.0.0.0'), port };
}
