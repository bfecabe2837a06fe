import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { PAUSE_BINARIES } from './pause-binaries.ts';
import { RuntimeError } from './runtime.ts';
import { type TarEntry, tar } from './tar.ts';

/** Raised with every change of what is in the image: a node then loads the new one beside the old. */
const PAUSE_VERSION = '2';

/** The sandbox image that we bring ourselves; no registry has it. */
export const PAUSE_IMAGE = `bramble/pause:${PAUSE_VERSION}`;

/**
 * The program that is process 1 of every pod.
 * @param architecture Docker's word: `amd64`, `arm64`
 * @throws RuntimeError WrongArchitecture where we have none; says which option helps.
 */
export function pauseBinary(architecture: string): Buffer {
  const packed = PAUSE_BINARIES[architecture];
  if (!packed)
    throw new RuntimeError(
      'WrongArchitecture',
      `no pause image for ${architecture} is built in (only ${Object.keys(PAUSE_BINARIES).join(', ')}): name one with --pause-image`,
    );
  const binary = gunzipSync(Buffer.from(packed.gzipBase64, 'base64'));
  if (sha256(binary) !== packed.sha256) throw new RuntimeError('Internal', 'the built-in pause program is damaged');
  return binary;
}

/**
 * The pause image as `docker save` would write it, for POST /images/load. Equal bytes every time, so equal image ids on
 * every node. Source of the layout: moby image/spec v1.2, "Combined Image JSON + Filesystem Changeset Format".
 */
export function pauseImageArchive(architecture: string): Buffer {
  const layer = tar([{ path: 'pause', mode: 0o755, content: pauseBinary(architecture) }]);
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config: { Entrypoint: ['/pause'], WorkingDir: '/', Labels: { 'io.bramble.pause': PAUSE_VERSION } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created: '1970-01-01T00:00:00Z', created_by: 'deploy/pause' }],
    }),
  );
  const configName = `${sha256(config)}.json`;
  const manifest = [{ Config: configName, RepoTags: [PAUSE_IMAGE], Layers: ['layer.tar'] }];
  const entries: TarEntry[] = [
    { path: configName, mode: 0o644, content: config },
    { path: 'layer.tar', mode: 0o644, content: layer },
    { path: 'manifest.json', mode: 0o644, content: Buffer.from(JSON.stringify(manifest)) },
  ];
  return tar(entries);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
