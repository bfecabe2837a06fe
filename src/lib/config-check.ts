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

export interface Cidr {
  /** The text as given: `10.42.0.0/16`. */
  readonly text: string;
  /** First address as a 32-bit number. */
  readonly base: number;
  readonly prefixLength: number;
}

/** Reads an IPv4 address. @returns it as a 32-bit number. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255))
    return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Reads an IPv4 network whose host bits are zero. */
export function parseCidr(text: string): Cidr | undefined {
  const [address = '', length = ''] = text.split('/');
  const base = parseIpv4(address);
  const prefixLength = Number(length);
  if (base === undefined || !/^\d{1,2}$/.test(length) || prefixLength > 32) return undefined;
  return base % 2 ** (32 - prefixLength) === 0 ? { text, base, prefixLength } : undefined;
}

/** Is the address (32-bit) within the network? */
export function cidrContains(cidr: Cidr, address: number): boolean {
  return address >= cidr.base && address < cidr.base + 2 ** (32 - cidr.prefixLength);
}
