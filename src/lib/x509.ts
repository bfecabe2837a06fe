/** Loads the certificate library only when something is issued or asked for: most of the time nobody does. */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata'); // its dependency injection needs this before it is loaded
  return import('@peculiar/x509');
}

export const EC_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const EC_SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
