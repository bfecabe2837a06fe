import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Readable } from 'node:stream';
import { parseKubeconfig } from '../../src/master/pki/admin-kubeconfig.ts';

export interface RawAnswer {
  readonly code: number;
  readonly text: string;
  /** Texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/** A `Status` as failed requests are answered with. */
export interface StatusAnswer {
  readonly kind: string;
  readonly status: string;
  readonly reason?: string;
  readonly message: string;
  readonly code: number;
  readonly metadata?: { readonly continue?: string };
  readonly details?: {
    readonly causes?: readonly { readonly reason: string; readonly message: string; readonly field: string }[];
  };
}

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** A stream is sent in pieces, without its length. */
  readonly body?: string | Buffer | Readable;
  readonly contentType?: string;
  /** In the administrator's place: nobody, or whoever has this certificate. */
  readonly credentials?: { readonly certPem?: string; readonly keyPem?: string; readonly token?: string };
}

/** One request with a body that no client library would send. @returns the answer, whatever its code. */
export function rawRequest(kubeconfigFile: string, raw: RawRequest): Promise<RawAnswer> {
  const kubeconfig = parseKubeconfig(readFileSync(kubeconfigFile, 'utf8'));
  if (!kubeconfig) throw new Error(`${kubeconfigFile} is no kubeconfig`);
  const { certPem, keyPem, token }: NonNullable<RawRequest['credentials']> = raw.credentials ?? kubeconfig;
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(raw.path, kubeconfig.server),
      {
        method: raw.method ?? 'GET',
        ca: kubeconfig.caPem,
        cert: certPem,
        key: keyPem,
        agent: false,
        headers: {
          ...(raw.body === undefined ? {} : { 'content-type': raw.contentType ?? 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => {
          const warnings = [response.headers.warning ?? []].flat();
          resolve({ code: response.statusCode ?? 0, text, warnings });
        });
        response.once('error', reject);
      },
    );
    asked.once('error', reject);
    if (raw.body instanceof Readable) raw.body.pipe(asked);
    else asked.end(raw.body);
  });
}
