import { ApiError, type StatusDetails } from '../../../api/meta/errors.ts';
import { GROUP_AUTHENTICATED, GROUP_MASTERS, GROUP_NODES, type UserInfo } from './user.ts';

/** What somebody wants to do (authorization.k8s.io, ResourceAttributes and NonResourceAttributes). */
export interface Access {
  readonly user: UserInfo;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly path: string;
}

export interface Decision {
  readonly isAllowed: boolean;
  readonly reason: string;
}

/** One rule of what somebody may do (authorization.k8s.io, SelfSubjectRulesReview). */
export interface AccessRules {
  readonly resourceRules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
  }[];
  readonly nonResourceRules: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
}

export interface Authorizer {
  authorize(access: Access): Promise<Decision>;
  rulesFor(user: UserInfo, namespace: string): Promise<AccessRules>;
}

const REVIEW_GROUPS = ['authentication.k8s.io', 'authorization.k8s.io'];
/** What every client reads before it knows what to ask (Kubernetes' role system:discovery). */
const DISCOVERY_PATHS = ['/api', '/apis', '/openapi', '/version', '/healthz', '/livez', '/readyz'];
const ALL = ['*'];

/** Until there is RBAC: system:masters may do everything, system:nodes nothing here (they come over gRPC), all others ask about themselves. */
export class BuiltInAuthorizer implements Authorizer {
  async authorize(access: Access): Promise<Decision> {
    const { groups } = access.user;
    if (groups.includes(GROUP_MASTERS)) return { isAllowed: true, reason: '' };
    if (groups.includes(GROUP_NODES) || !groups.includes(GROUP_AUTHENTICATED)) return { isAllowed: false, reason: '' };
    return { isAllowed: access.isResource ? isSelfReview(access) : isDiscovery(access), reason: '' };
  }

  async rulesFor(user: UserInfo): Promise<AccessRules> {
    if (user.groups.includes(GROUP_MASTERS)) {
      return {
        resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL }],
        nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
      };
    }
    if (user.groups.includes(GROUP_NODES)) return { resourceRules: [], nonResourceRules: [] };
    return {
      resourceRules: [
        { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
        {
          verbs: ['create'],
          apiGroups: ['authorization.k8s.io'],
          resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
        },
      ],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: DISCOVERY_PATHS.flatMap((path) => [path, `${path}/*`]) }],
    };
  }
}

function isSelfReview({ verb, group, resource }: Access): boolean {
  return verb === 'create' && REVIEW_GROUPS.includes(group) && resource.startsWith('selfsubject');
}

function isDiscovery({ verb, path }: Access): boolean {
  return verb === 'get' && DISCOVERY_PATHS.some((root) => path === root || path.startsWith(`${root}/`));
}

/** Kubernetes' sentence for a refusal (apiserver, responsewriters.forbiddenMessage). */
export function forbiddenError(access: Access, { reason }: Decision): ApiError {
  const { user, verb, group, resource, subresource, namespace, name, path } = access;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  const because = reason ? `: ${reason}` : '';
  if (!access.isResource) return new ApiError('Forbidden', `forbidden: ${who} path ${JSON.stringify(path)}${because}`);
  const what = JSON.stringify(subresource ? `${resource}/${subresource}` : resource);
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const qualified = group ? `${resource}.${group}` : resource;
  const subject = name ? `${qualified} ${JSON.stringify(name)}` : qualified;
  const details: StatusDetails = { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource };
  const sentence = `${who} resource ${what} in API group ${JSON.stringify(group)} ${where}${because}`;
  return new ApiError('Forbidden', `${subject} is forbidden: ${sentence}`, details);
}
