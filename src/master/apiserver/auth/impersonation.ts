import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, badRequest } from '../../../api/meta/errors.ts';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, type UserInfo } from './user.ts';

const EXTRA_PREFIX = 'impersonate-extra-';

/**
 * Who the request is to count as: `Impersonate-User`, `-Group`, `-Uid` and `-Extra-*` of somebody in system:masters.
 * @throws ApiError Forbidden for everybody else; BadRequest for groups or extras without a user.
 */
export function impersonate(user: UserInfo, headers: IncomingHttpHeaders): UserInfo {
  const name = single(headers['impersonate-user']);
  const groups = values(headers['impersonate-group']);
  const uid = single(headers['impersonate-uid']);
  const extra = extras(headers);
  if (!name) {
    if (groups.length === 0 && !uid && Object.keys(extra).length === 0) return user;
    throw badRequest('requested impersonation of groups, uid or extras without impersonating a user');
  }
  if (!user.groups.includes(GROUP_MASTERS)) throw refused(user, name);
  const withBase = groups.includes(GROUP_AUTHENTICATED) ? groups : [...groups, GROUP_AUTHENTICATED];
  return { name, groups: withBase, ...(uid ? { uid } : {}), ...(Object.keys(extra).length > 0 ? { extra } : {}) };
}

function refused(user: UserInfo, name: string): ApiError {
  const why = `User ${JSON.stringify(user.name)} cannot impersonate resource "users" in API group "" at the cluster scope`;
  return new ApiError('Forbidden', `users ${JSON.stringify(name)} is forbidden: ${why}`, { name, kind: 'users' });
}

/** Node joins repeated headers with `, `; a group's name holds no comma. */
function values(header: string | string[] | undefined): string[] {
  const list = Array.isArray(header) ? header : (header ?? '').split(',');
  return list.map((value) => value.trim()).filter(Boolean);
}

function single(header: string | string[] | undefined): string {
  return Array.isArray(header) ? (header[0] ?? '') : (header ?? '');
}

function extras(headers: IncomingHttpHeaders): Record<string, string[]> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith(EXTRA_PREFIX));
  return Object.fromEntries(found.map(([name, value]) => [decode(name.slice(EXTRA_PREFIX.length)), values(value)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Kubernetes takes keys that are no percent-encoding as they stand.
    return text;
  }
}
