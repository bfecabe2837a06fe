import { RuntimeError, type RuntimeErrorCode } from './runtime.ts';

/** The few facts Docker tells apart only in words; everything else goes by status code. Kept here and nowhere else. */
const WORDS: readonly (readonly [RegExp, RuntimeErrorCode])[] = [
  [/no space left on device|disk quota exceeded/i, 'DiskFull'],
  [
    /port is already allocated|failed to bind (?:host )?port|listen (?:tcp|udp)\S* \S+: bind: address already in use/i,
    'PortTaken',
  ],
  [/address already in use/i, 'AddressTaken'],
];

/** The same for pulls: failures of a registry arrive as 404 or 500 or, once bytes flow, as text in the stream. Order matters. */
const PULL_WORDS: readonly (readonly [RegExp, RuntimeErrorCode])[] = [
  [/no space left on device|disk quota exceeded/i, 'DiskFull'],
  [/invalid reference format|repository name .*must be/i, 'InvalidImageName'],
  [/no matching manifest|does not match the specified platform|cannot be used on this platform/i, 'WrongArchitecture'],
  [
    /unauthorized|authentication required|no basic auth credentials|incorrect username or password|forbidden/i,
    'ImageUnauthorized',
  ],
  [
    /manifest unknown|not found|name unknown|repository does not exist|repository name not known|pull access denied/i,
    'ImageNotFound',
  ],
  [
    /connection refused|no such host|timeout|deadline exceeded|network is unreachable|no route to host|connection reset|\bEOF\b|x509|tls:|http response to https|toomanyrequests|temporary failure in name resolution|server misbehaving|unexpected http status: 5|received unexpected/i,
    'RegistryUnavailable',
  ],
];

/** Connection failures of Node: the engine is away, or we may not talk to it. */
const AWAY = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'EACCES',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
]);

/**
 * What the engine's failure means to us. A RuntimeError and the reason of an abort stay as they are.
 * @param what `start container 3f2a…`: begins the message of failures that are ours to explain
 */
export function translateError(error: unknown, what: string): Error {
  if (error instanceof RuntimeError) return error;
  if (isAbort(error)) return error;
  const code = field(error, 'code');
  if (typeof code === 'string' && AWAY.has(code))
    return new RuntimeError('Unavailable', `cannot ${what}: Docker does not answer (${code}); is dockerd running?`, {
      cause: error,
    });
  const message = engineMessage(error);
  return new RuntimeError(codeOf(statusCode(error), message), message, { cause: error });
}

/** The same for a pull, from an error of the request or the words in its stream. */
export function translatePullError(error: unknown, reference: string): Error {
  const translated = translateError(error, `pull ${reference}`);
  if (!(translated instanceof RuntimeError) || translated.code === 'Unavailable') return translated;
  const code =
    firstMatch(PULL_WORDS, translated.message) ?? (translated.code === 'NotFound' ? 'ImageNotFound' : 'Internal');
  return new RuntimeError(code, translated.message, { cause: error });
}

/** HTTP status of the engine's answer; undefined for other failures. */
export function statusCode(error: unknown): number | undefined {
  const status = field(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

function codeOf(status: number | undefined, message: string): RuntimeErrorCode {
  const worded = firstMatch(WORDS, message);
  if (worded) return worded;
  if (status === 404) return 'NotFound';
  if (status === 409 || status === 304) return 'Conflict';
  return 'Internal';
}

/** The engine's own sentence, without the wrapping that the client library gives it. */
function engineMessage(error: unknown): string {
  const body = field(error, 'json');
  const message = field(body, 'message');
  if (typeof message === 'string') return message.trim();
  return (error instanceof Error ? error.message : String(error)).replace(/^\(HTTP code \d+\) [^-]* - /, '').trim();
}

function isAbort(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'AbortError' || field(error, 'code') === 'ABORT_ERR');
}

function firstMatch(
  table: readonly (readonly [RegExp, RuntimeErrorCode])[],
  text: string,
): RuntimeErrorCode | undefined {
  return table.find(([pattern]) => pattern.test(text))?.[1];
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
