import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { Pod } from '../../api/types.ts';
import { readAsset } from '../../lib/assets.ts';
import { ApiAnswerError, type ApiClient } from '../api-client.ts';
import { isReady } from './daemons.ts';
import { RECIPES } from './images/recipes.ts';
import { engineHasMirrorOf, hubAnswers, RegistryMirror } from './mirror.ts';

const PODS = '/api/v1/namespaces/default/pods';

function readExample(): Pod {
  return load(readAsset('deploy/examples/hello.yaml').toString()) as unknown as Pod;
}

/** Creates the example pod when it is not there, and waits until it is Ready. @returns a note when it was there already. */
export async function runExample(api: ApiClient): Promise<string | undefined> {
  const example = readExample();
  const isThere = await createIfMissing(api, example);
  const path = `${PODS}/${example.metadata.name}`;
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(200)) {
    if (isReady(await api.get<Pod>(path))) return isThere ? 'runs already' : undefined;
  }
  throw new Error(`the example pod is not Ready after 120 s: see 'kubectl describe pod ${example.metadata.name}'`);
}

async function createIfMissing(api: ApiClient, example: Pod): Promise<boolean> {
  try {
    await api.create(PODS, example);
    return false;
  } catch (error) {
    if (error instanceof ApiAnswerError && error.code === 409) return true;
    throw error;
  }
}

/** What the pod's web server answers at its own address. */
export async function askExample(api: ApiClient): Promise<{ url: string; answer: string }> {
  const pod = await api.get<Pod>(`${PODS}/${readExample().metadata.name}`);
  const url = `http://${pod.status?.podIP}/`;
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  return { url, answer: (await response.text()).trim() };
}

/** What the example and the first steps of the README ask for. */
export const EXAMPLE_IMAGES: readonly string[] = ['nginx:latest', 'busybox:1'];

/**
 * Makes sure that the images of plain manifests can be pulled: from Docker Hub where it answers, else from a mirror on this
 * machine, with images built from Debian's packages.
 * @returns a note on where they come from.
 */
export async function provideImages(dataDir: string, references: readonly string[]): Promise<string> {
  if (await engineHasMirrorOf(references)) return "the engine's own mirror has them";
  if (await hubAnswers()) return 'Docker Hub answers';
  const mirror = new RegistryMirror(dataDir);
  await mirror.start();
  for (const recipe of RECIPES) {
    if (references.includes(recipe.reference) && !(await mirror.has(recipe.reference))) await mirror.add(recipe);
  }
  await mirror.useInEngine();
  return `Docker Hub does not answer; ${references.join(', ')} come from a mirror on this machine, built from Debian's packages`;
}
