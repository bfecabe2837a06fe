import packageJson from '../../package.json' with { type: 'json' };

/** Bramble's own release: `0.1.0`. */
export const VERSION: string = packageJson.version;

/** What `/version` and nodes report: the API level that is served, with our release as build metadata. */
export const KUBERNETES_VERSION = `v1.36.0+bramble.${VERSION}`;
