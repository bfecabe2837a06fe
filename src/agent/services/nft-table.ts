import { run } from '../network/command.ts';
import { NetworkError } from '../network/network-error.ts';
import type { FoundTable } from './render.ts';
import { type Flow, type FlowFilter, parseFlows } from './stale-flows.ts';

/** The kernel's side of one nftables table of the ip family. */
export class NftTable {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Carries a transaction out: all of it or nothing. @throws NetworkError ToolMissing, CommandFailed */
  async apply(transaction: string): Promise<void> {
    await run('nft', ['-f', '-'], transaction);
  }

  /** The names of what is in it; undefined when it is not there. */
  async find(): Promise<FoundTable | undefined> {
    const text = await this.#unlessMissing(run('nft', ['-t', 'list', 'table', 'ip', this.#name]));
    return text === undefined ? undefined : { chains: names(text, 'chain'), sets: names(text, 'set') };
  }

  /** Is it there with its rules? Cheap: one chain that all traffic to Services passes is looked at. */
  async isWhole(): Promise<boolean> {
    const text = await this.#unlessMissing(run('nft', ['list', 'chain', 'ip', this.#name, 'services']));
    return text?.includes('vmap @svc') ?? false;
  }

  async remove(): Promise<void> {
    await this.#unlessMissing(run('nft', ['delete', 'table', 'ip', this.#name]));
  }

  /** nft says only in words, and with the same status as for any failure, that there is no such thing. */
  async #unlessMissing(asked: Promise<string>): Promise<string | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof NetworkError && error.message.includes('No such file or directory')) return undefined;
      throw error;
    }
  }
}

function names(text: string, what: 'chain' | 'set'): string[] {
  return [...text.matchAll(new RegExp(`^\\s*${what} (\\S+) \\{`, 'gm'))].map(([, name = '']) => name);
}

/** The UDP flows that the kernel tracks. @throws NetworkError ToolMissing, CommandFailed */
export async function udpFlows(): Promise<Flow[]> {
  return parseFlows(await run('conntrack', ['-L', '-p', 'udp']));
}

/** Makes the kernel forget these flows. */
export async function forgetFlows(filters: readonly FlowFilter[]): Promise<void> {
  // Status 1 means that none matched.
  for (const filter of filters) await run('conntrack', filter).catch(ignoreNoMatch);
}

function ignoreNoMatch(error: unknown): void {
  if (!(error instanceof NetworkError && error.message.includes('0 flow entries'))) throw error;
}
