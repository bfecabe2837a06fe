import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ImageRecipe } from '../../src/cli/up/images/recipes.ts';

const TYPES = {
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
} as const;

interface Descriptor {
  readonly mediaType: string;
  readonly size: number;
  readonly digest: string;
}

/**
 * Writes images as the registry keeps them in a folder: blobs by their digest, links from names to them.
 * Source: distribution/distribution, registry/storage/paths.go.
 */
export class ImageFiles {
  readonly #root: string;

  constructor(folder: string) {
    this.#root = join(folder, 'docker/registry/v2');
  }

  /** Adds one image of one layer under its plain name, a manifest list with an entry for each architecture. */
  add(recipe: ImageRecipe, layer: Buffer, architectures: readonly string[]): void {
    const [name, tag] = splitReference(recipe.reference);
    const layerDescriptor = this.#blob(name, layer, TYPES.layer);
    const diffId = digestOf(gunzipSync(layer));
    const manifests = architectures.map((architecture) => {
      const config = this.#blob(name, jsonOf(imageConfig(recipe, architecture, diffId)), TYPES.config);
      const manifest = { schemaVersion: 2, mediaType: TYPES.manifest, config, layers: [layerDescriptor] };
      return { ...this.#manifest(name, jsonOf(manifest), TYPES.manifest), platform: { architecture, os: 'linux' } };
    });
    const list = this.#manifest(name, jsonOf({ schemaVersion: 2, mediaType: TYPES.list, manifests }), TYPES.list);
    this.#link(`repositories/${name}/_manifests/tags/${tag}/current`, list.digest);
    this.#link(`repositories/${name}/_manifests/tags/${tag}/index/${pathOf(list.digest)}`, list.digest);
  }

  #blob(name: string, content: Buffer, mediaType: string): Descriptor {
    const descriptor = this.#content(content, mediaType);
    this.#link(`repositories/${name}/_layers/${pathOf(descriptor.digest)}`, descriptor.digest);
    return descriptor;
  }

  #manifest(name: string, content: Buffer, mediaType: string): Descriptor {
    const descriptor = this.#content(content, mediaType);
    this.#link(`repositories/${name}/_manifests/revisions/${pathOf(descriptor.digest)}`, descriptor.digest);
    return descriptor;
  }

  #content(content: Buffer, mediaType: string): Descriptor {
    const digest = digestOf(content);
    const hex = digest.slice('sha256:'.length);
    this.#write(`blobs/sha256/${hex.slice(0, 2)}/${hex}/data`, content);
    return { mediaType, size: content.length, digest };
  }

  #link(folder: string, digest: string): void {
    this.#write(`${folder}/link`, digest);
  }

  #write(path: string, content: Buffer | string): void {
    const file = join(this.#root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** The Dockerfile instructions that our recipes use: CMD, ENV, EXPOSE. */
function imageConfig({ changes }: ImageRecipe, architecture: string, diffId: string): unknown {
  const values = (word: string) =>
    changes.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [command] = values('CMD');
  return {
    architecture,
    os: 'linux',
    created: '1970-01-01T00:00:00Z',
    config: {
      Env: values('ENV'),
      ...(command === undefined ? {} : { Cmd: JSON.parse(command) as string[] }),
      ExposedPorts: Object.fromEntries(values('EXPOSE').map((port) => [`${port}/tcp`, {}])),
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: '1970-01-01T00:00:00Z' }],
  };
}

/** `nginx:latest` is `library/nginx` and `latest`, as Docker Hub has it. */
function splitReference(reference: string): readonly [string, string] {
  const [name = '', tag = 'latest'] = reference.split(':');
  return [name.includes('/') ? name : `library/${name}`, tag];
}

function jsonOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** `sha256:abc` → `sha256/abc` */
function pathOf(digest: string): string {
  return digest.replace(':', '/');
}
