/** Text that is no image reference; the message is kubelet's. */
export class ImageNameError extends Error {
  override readonly name = 'ImageNameError';
  readonly code = 'InvalidImageName';
}

/** A reference in full: `docker.io/library/nginx:latest` has registry `docker.io`, repository `library/nginx`, tag `latest`. */
export interface ImageReference {
  /** Host, with its port where it has one. */
  readonly registry: string;
  readonly repository: string;
  /** undefined only beside a digest. */
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
}

const DEFAULT_REGISTRY = 'docker.io';
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,}$/;
const MAX_NAME_LENGTH = 255;

/**
 * Reads an image reference as Docker does: no registry means Docker Hub, a bare name there means `library/`.
 * @throws ImageNameError Source: distribution/reference, grammar and normalize.go.
 */
export function parseImageReference(text: string): ImageReference {
  const fail = (why: string): never => {
    throw new ImageNameError(
      `Failed to apply default image tag "${text}": couldn't parse image name "${text}": ${why}`,
    );
  };
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return fail('invalid reference format');
  // A colon after the last slash begins the tag; one before belongs to the registry's port.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return fail('invalid reference format');
  const { registry, repository } = splitRegistry(name);
  if (repository !== repository.toLowerCase()) return fail('repository name must be lowercase');
  if (!HOST.test(registry) || !repository.split('/').every((part) => PATH_COMPONENT.test(part)))
    return fail('invalid reference format');
  if (/^[0-9a-f]{64}$/.test(name)) return fail('cannot specify 64-byte hexadecimal strings');
  if (registry.length + repository.length + 1 > MAX_NAME_LENGTH)
    return fail('repository name must not be more than 255 characters');
  return { registry, repository, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

/** The reference in full, as text that Docker takes. */
export function formatImageReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** The first component is a registry when it looks like a host: a dot, a port, or localhost. */
function splitRegistry(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const registry = isHost ? first : DEFAULT_REGISTRY;
  const repository = isHost ? name.slice(slash + 1) : name;
  if (registry !== DEFAULT_REGISTRY && registry !== 'index.docker.io') return { registry, repository };
  return { registry: DEFAULT_REGISTRY, repository: repository.includes('/') ? repository : `library/${repository}` };
}

/** The same text for every way to write one image; a digest says all that a tag would. Text that is no reference is left as it is. */
export function normalizedImage(text: string): string {
  try {
    const reference = parseImageReference(text);
    return formatImageReference(reference.digest === undefined ? reference : { ...reference, tag: undefined });
  } catch (error) {
    if (error instanceof ImageNameError) return text;
    throw error;
  }
}
