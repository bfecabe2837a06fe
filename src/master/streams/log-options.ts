import { badRequest, invalid, type StatusCause } from '../../api/meta/errors.ts';
import { forbidden, invalid as invalidField } from '../../api/meta/field-errors.ts';
import type { LogRequest } from '../../rpc/messages.ts';
import { isTrue } from '../apiserver/http/request-info.ts';

const POD_LOG_OPTIONS = { group: '', kind: 'PodLogOptions' };
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/**
 * What a request for a log asks for.
 * @throws ApiError BadRequest for what is no number or time, Invalid as Kubernetes judges PodLogOptions
 * (core/validation, ValidatePodLogOptions).
 */
export function parseLogOptions(podName: string, query: URLSearchParams): LogRequest {
  const tailLines = integer(query, 'tailLines');
  const limitBytes = integer(query, 'limitBytes');
  const sinceSeconds = integer(query, 'sinceSeconds');
  const sinceTime = time(query.get('sinceTime') ?? '');
  const causes: StatusCause[] = [];
  if (tailLines !== undefined && tailLines < 0)
    causes.push(invalidField('tailLines', tailLines, 'must be greater than or equal to 0'));
  if (limitBytes !== undefined && limitBytes < 1)
    causes.push(invalidField('limitBytes', limitBytes, 'must be greater than 0'));
  if (sinceSeconds !== undefined && sinceTime)
    causes.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    causes.push(invalidField('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  if (causes.length > 0) throw invalid(POD_LOG_OPTIONS, podName, causes);
  return {
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    sinceSeconds: sinceSeconds ?? 0,
    sinceTime,
    hasTailLines: tailLines !== undefined,
    tailLines: tailLines ?? 0,
    limitBytes: limitBytes ?? 0,
  };
}

/** Present but empty counts as absent, as Go's converter has it. */
function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (!text) return undefined;
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function time(text: string): string {
  if (!text || (RFC3339.test(text) && !Number.isNaN(Date.parse(text)))) return text;
  throw badRequest(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse it`);
}
