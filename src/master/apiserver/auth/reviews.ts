import { badRequest, invalid } from '../../../api/meta/errors.ts';
import { invalid as invalidField } from '../../../api/meta/field-errors.ts';
import type { Access, Authorizer } from './authorizer.ts';
import type { UserInfo } from './user.ts';

/** The parts of a review's spec that are read; the decoder has checked its types. */
interface ReviewSpec {
  readonly resourceAttributes?: Readonly<Record<string, string | undefined>>;
  readonly nonResourceAttributes?: Readonly<Record<string, string | undefined>>;
  readonly namespace?: string;
}

interface Review {
  readonly kind: string;
  readonly metadata?: object;
  readonly spec?: ReviewSpec;
}

/** Answers a SelfSubjectReview, SelfSubjectAccessReview or SelfSubjectRulesReview. @throws ApiError BadRequest, Invalid. */
export async function answerReview(review: Review, user: UserInfo, authorizer: Authorizer): Promise<object> {
  const { spec = {} } = review;
  switch (review.kind) {
    case 'SelfSubjectReview':
      return { ...review, status: { userInfo: userInfoOf(user) } };
    case 'SelfSubjectAccessReview': {
      const { isAllowed, reason } = await authorizer.authorize(accessOf(spec, user));
      return { ...review, status: { allowed: isAllowed, ...(reason ? { reason } : {}) } };
    }
    case 'SelfSubjectRulesReview': {
      if (!spec.namespace) throw badRequest('no namespace on request');
      const rules = await authorizer.rulesFor(user, spec.namespace);
      return { ...review, status: { ...rules, incomplete: false } };
    }
    default:
      throw badRequest(`${review.kind} is no review`);
  }
}

function userInfoOf({ name, groups, uid, extra }: UserInfo): object {
  return { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) };
}

function accessOf({ resourceAttributes: on, nonResourceAttributes: path }: ReviewSpec, user: UserInfo): Access {
  if (Boolean(on) === Boolean(path)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const cause = invalidField('spec.resourceAttributes', on ?? null, why);
    throw invalid({ group: 'authorization.k8s.io', kind: 'SelfSubjectAccessReview' }, '', [cause]);
  }
  const text = (value: string | undefined) => value ?? '';
  return {
    user,
    verb: text(on?.verb ?? path?.verb),
    isResource: on !== undefined,
    group: text(on?.group),
    version: text(on?.version),
    resource: text(on?.resource),
    subresource: text(on?.subresource),
    namespace: text(on?.namespace),
    name: text(on?.name),
    path: text(path?.path),
  };
}
