import { X509Certificate } from 'node:crypto';
import { Command } from 'commander';
import { durationText } from '../../api/meta/age.ts';
import type { Secret } from '../../api/types.ts';
import type { Millis } from '../../lib/clock.ts';
import { ConfigError } from '../../lib/config-check.ts';
import { keyHash } from '../../master/pki/certificate-authority.ts';
import {
  DEFAULT_TOKEN_TTL_MS,
  newJoinToken,
  parseTokenSecret,
  TOKEN_NAMESPACE,
  TOKEN_SECRET_TYPE,
  type TokenInfo,
  tokenSecretName,
} from '../../master/pki/join-tokens.ts';
import { ApiAnswerError, ApiClient } from '../api-client.ts';
import { kubeconfigOf, withDataDir } from '../data-dir.ts';
import { installLine } from '../install-line.ts';
import { textTable } from '../text-table.ts';

const SECRETS = `/api/v1/namespaces/${TOKEN_NAMESPACE}/secrets`;

interface CreateOptions {
  readonly dataDir: string;
  readonly ttl: string;
  readonly description?: string;
  readonly singleUse?: boolean;
  readonly printInstallCommand?: boolean;
}

/** `bramble token create|list|revoke`: the one-word tokens that let machines join. */
export function tokenCommand(): Command {
  const token = new Command('token').description('manage the tokens that let machines join');
  withDataDir(token.command('create'))
    .description('print a new token: one word, shown this once')
    .option('--ttl <time>', 'how long it may be used: 30m, 24h, 7d; 0 for ever', '24h')
    .option('--single-use', 'good for one machine only')
    .option('--description <text>', 'what it is for')
    .option(
      '--print-install-command',
      'print a line to paste on a machine that has only curl: it installs Bramble and joins',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  bramble token create --print-install-command\n  bramble token create --single-use --ttl 30m --description "the Pi under the desk"',
    )
    .action(async (options: CreateOptions) => {
      const api = new ApiClient(kubeconfigOf(options.dataDir));
      const word = await createToken(api, options);
      console.log(options.printInstallCommand ? await installLine(api, word) : word);
    });
  withDataDir(token.command('list'))
    .description('show the tokens that can be used, without their secret part')
    .addHelpText('after', '\nExample:\n  bramble token list')
    .action((options: { dataDir: string }) => listTokens(new ApiClient(kubeconfigOf(options.dataDir))));
  withDataDir(token.command('revoke'))
    .argument('<id>', 'the first six letters of the token, as `bramble token list` shows them; the whole word will do')
    .description('make a token useless; machines that joined with it stay')
    .addHelpText('after', '\nExample:\n  bramble token revoke x7k2p9')
    .action((id: string, options: { dataDir: string }) =>
      revokeToken(new ApiClient(kubeconfigOf(options.dataDir)), id),
    );
  return token;
}

/** Creates a token in the API. @returns the word. @throws ConfigError when the time is not one. */
export async function createToken(
  api: ApiClient,
  options: { ttl?: string; description?: string; singleUse?: boolean } = {},
): Promise<string> {
  const ttlMs = options.ttl === undefined ? DEFAULT_TOKEN_TTL_MS : parseDuration(options.ttl);
  const { word, secret } = newJoinToken({
    caHash: keyHash(new X509Certificate(api.caPem).publicKey),
    expiresAt: ttlMs === 0 ? undefined : Date.now() + ttlMs,
    description: options.description,
    isSingleUse: options.singleUse ?? false,
  });
  await api.create(SECRETS, secret);
  return word;
}

async function listTokens(api: ApiClient): Promise<void> {
  const path = `${SECRETS}?fieldSelector=${encodeURIComponent(`type=${TOKEN_SECRET_TYPE}`)}`;
  const { items } = await api.get<{ items: Secret[] }>(path);
  const tokens = items.map(parseTokenSecret).filter((token) => token !== undefined);
  if (tokens.length === 0) {
    console.log("no tokens: 'bramble token create' makes one");
    return;
  }
  console.log(tokenTable(tokens, Date.now()));
}

/** Tokens as a table; what is over says so. */
export function tokenTable(tokens: readonly TokenInfo[], now: Millis): string {
  const rows = tokens.map(({ id, expiresAt, isSingleUse, usedBy, description }) => [
    id,
    expiryText(expiresAt, now),
    isSingleUse ? (usedBy ? `used by ${usedBy}` : 'one machine') : 'many',
    description,
  ]);
  return textTable(['ID', 'EXPIRES', 'FOR', 'DESCRIPTION'], rows);
}

function expiryText(expiresAt: Millis | undefined, now: Millis): string {
  if (expiresAt === undefined) return 'never';
  return now < expiresAt ? `in ${durationText(expiresAt - now)}` : `expired ${durationText(now - expiresAt)} ago`;
}

async function revokeToken(api: ApiClient, word: string): Promise<void> {
  // Whoever pastes the whole word means its first part, and the rest must not show up in a message.
  const [id = ''] = word.split('.');
  try {
    await api.delete(`${SECRETS}/${tokenSecretName(encodeURIComponent(id))}`);
  } catch (error) {
    if (!(error instanceof ApiAnswerError && error.code === 404)) throw error;
    throw new Error(`there is no token ${id}: 'bramble token list' shows those there are`, { cause: error });
  }
  console.log(`token ${id} revoked; machines that joined with it stay`);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseDuration(text: string): number {
  if (text === '0') return 0;
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!amount || !unit) throw new ConfigError([`ttl: must be a time like 30m, 24h or 7d, not "${text}"`]);
  return Number(amount) * (UNIT_MS[unit] ?? 0);
}
