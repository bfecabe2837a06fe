import type { Job, Pod, PodStatus } from '../../../api/types.ts';

type Policy = NonNullable<Job['spec']['podFailurePolicy']>;
type Rule = Policy['rules'][number];
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number];

/** What a Job makes of the failure of a pod. */
export interface Verdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  /** Why the Job fails with it. */
  readonly message?: string;
}

/** The first rule that matches decides; without one, a failure counts. Source: batch/v1, PodFailurePolicy. */
export function judgeFailure(pod: Pod, policy: Policy | undefined): Verdict {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const what = rule.onExitCodes ? exitThatMatches(pod, rule) : conditionThatMatches(pod, rule);
    if (what === undefined) continue;
    const action = rule.action as Verdict['action'];
    if (action !== 'FailJob') return { action };
    return { action, message: `${what} matching ${action} rule at index ${index}` };
  }
  return { action: 'Count' };
}

function exitThatMatches({ metadata, status = {} }: Pod, { onExitCodes }: Rule): string | undefined {
  if (!onExitCodes) return undefined;
  const { containerName, operator, values } = onExitCodes;
  const isMatch = ({ name, state }: ContainerStatus) => {
    const exitCode = state?.terminated?.exitCode;
    // A container that did well is no failure, whatever `NotIn` says.
    if ((containerName !== undefined && containerName !== name) || !exitCode) return false;
    return values.includes(exitCode) === (operator === 'In');
  };
  const container = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].find(isMatch);
  if (!container) return undefined;
  const pod = `${metadata.namespace}/${metadata.name}`;
  return `Container ${container.name} for pod ${pod} failed with exit code ${container.state?.terminated?.exitCode}`;
}

function conditionThatMatches({ metadata, status }: Pod, { onPodConditions = [] }: Rule): string | undefined {
  const condition = status?.conditions?.find(({ type, status: value }) =>
    onPodConditions.some((pattern) => pattern.type === type && (pattern.status || 'True') === value),
  );
  return condition && `Pod ${metadata.namespace}/${metadata.name} has condition ${condition.type}`;
}
