/** What one try of a probe showed. `warning` is a success that wants to be told. */
export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure';
  /** For the event: what the command printed, why the connection failed. */
  readonly output: string;
}

/** The time a probe has ran out. Told apart by class from being called off. */
export class ProbeTimeout extends Error {
  override readonly name = 'ProbeTimeout';
}

/** A failed connection in Go's words, which is what kubelet's events show. @param address `10.42.0.5:80` */
export function dialFailure(error: unknown, address: string): string {
  const dial = `dial tcp ${address}`;
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return `${dial}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}: connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `${dial}: connect: connection timed out`;
    case 'ENOTFOUND':
      return `${dial}: no such host`;
    case 'ECONNRESET':
      return isHangUp(error) ? 'EOF' : `read tcp ${address}: read: connection reset by peer`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Node gives a connection that was closed before an answer the code of a reset one. */
function isHangUp(error: unknown): boolean {
  return error instanceof Error && error.message === 'socket hang up';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
