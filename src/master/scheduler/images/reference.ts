/** An image's name, taken apart as Docker does. */
interface ImageReference {
  /** `registry-1.docker.io` is called `docker.io` here. */
  readonly registry: string;
  readonly repository: string;
  /** Absent when there is a digest. */
  readonly tag?: string;
  readonly digest?: string;
}

const HUB = 'docker.io';

/** `nginx` is `docker.io/library/nginx:latest`. Source: distribution/reference, ParseNormalizedNamed. */
function parseImage(name: string): ImageReference {
  const [named = '', digest] = name.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const isHost = first === 'localhost' || /[.:]/.test(first);
  const registry = !isHost || first === 'index.docker.io' ? HUB : first;
  const path = isHost ? named.slice(slash + 1) : named;
  const colon = path.indexOf(':', path.lastIndexOf('/') + 1);
  const repository = colon < 0 ? path : path.slice(0, colon);
  const full = registry === HUB && !repository.includes('/') ? `library/${repository}` : repository;
  if (digest !== undefined) return { registry, repository: full, digest };
  return { registry, repository: full, tag: (colon < 0 ? '' : path.slice(colon + 1)) || 'latest' };
}

/** The same text for every way to write one image. */
export function normalizedImage(name: string): string {
  const { registry, repository, tag, digest } = parseImage(name);
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`;
}
