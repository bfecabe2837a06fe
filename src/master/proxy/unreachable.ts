import { ApiError } from '../../api/meta/errors.ts';

/** Why a server did not answer, in kube-apiserver's words (apimachinery, proxy.Transport). */
export function unreachable(error: unknown): ApiError {
  return new ApiError('ServiceUnavailable', `error trying to reach service: ${wordsFor(error)}`, {}, { cause: error });
}

/** As Go's HTTP client says it, where Node's says it otherwise. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET') return 'EOF';
  if (code.startsWith('HPE_')) return `malformed HTTP response: ${error.message}`;
  return error.message;
}
