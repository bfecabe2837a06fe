import { createPublicKey, type KeyObject } from 'node:crypto';
import { badRequest } from '../../api/meta/errors.ts';
import { loadX509 } from '../../lib/x509.ts';

/**
 * The public key of a PKCS #10 request (PEM); the rest of it is the sender's wish and is ignored.
 * @throws ApiError BadRequest when it is unreadable, is not signed by its own key, or the key is not ECDSA P-256.
 */
export async function publicKeyOfRequest(csrPem: string): Promise<KeyObject> {
  const x509 = await loadX509();
  try {
    const request = new x509.Pkcs10CertificateRequest(csrPem);
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw badRequest('the key must be ECDSA P-256');
    if (!(await request.verify())) throw badRequest('it is not signed by the key it holds');
    return key;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw badRequest(`the certificate request is not valid: ${why}`, { cause });
  }
}
