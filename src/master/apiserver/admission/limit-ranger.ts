import { LIMIT_RANGE } from '../../../api/kinds/limit-range.ts';
import { POD } from '../../../api/kinds/pod.ts';
import { forbidden } from '../../../api/meta/errors.ts';
import type { KubeObject, LimitRange, Pod } from '../../../api/types.ts';
import type { ObjectCache } from '../../resource-client.ts';
import { type AdmissionPlugin, type AdmissionRequest, isOf } from './chain.ts';
import { claimViolations, podViolations, setLimitRangeDefaults } from './limit-rules.ts';

const CLAIMS = { group: '', plural: 'persistentvolumeclaims' };

/** Holds pods and claims to the LimitRanges of their namespace, and gives containers what those say by default. */
export class LimitRanger implements AdmissionPlugin {
  readonly name = 'LimitRanger';
  readonly #cache: ObjectCache;

  constructor(cache: ObjectCache) {
    this.#cache = cache;
  }

  mutate(request: AdmissionRequest): void {
    if (!isNewPod(request)) return;
    for (const range of this.#rangesOf(request)) setLimitRangeDefaults(request.object as Pod, range);
  }

  /** @throws ApiError Forbidden with all that one range has against the object. */
  validate(request: AdmissionRequest): void {
    for (const range of this.#rangesOf(request)) {
      const wrong = violations(request, range);
      const text = wrong.length === 1 ? wrong[0] : `[${wrong.join(', ')}]`;
      if (wrong.length > 0) throw forbidden(request.kind, request.object.metadata.name, text ?? '');
    }
  }

  #rangesOf(request: AdmissionRequest): readonly LimitRange[] {
    const isLimited = isNewPod(request) || isClaim(request);
    return isLimited ? this.#cache.list(LIMIT_RANGE, request.key.namespace) : [];
  }
}

function violations(request: AdmissionRequest, range: LimitRange): string[] {
  return isClaim(request)
    ? claimViolations(request.object as KubeObject, range)
    : podViolations(request.object as Pod, range);
}

/** What a pod asks for does not change with an update. */
function isNewPod(request: AdmissionRequest): boolean {
  return request.operation === 'CREATE' && request.subresource === '' && isOf(request, POD);
}

function isClaim(request: AdmissionRequest): boolean {
  return request.operation !== 'DELETE' && request.subresource === '' && isOf(request, CLAIMS);
}
