import { expect, test } from 'vitest';
import type { Pod } from '../../base/types.ts';
import { judgeFailure, type PodFailurePolicy } from './pod-failure-policy.ts';

const failed = (exitCode: number, conditions: object[] = []): Pod =>
  ({
    metadata: { namespace: 'ci', name: 'job-x' },
    status: { conditions, containerStatuses: [{ name: 'main', state: { terminated: { exitCode } } }] },
  }) as unknown as Pod;

const policy: PodFailurePolicy = {
  rules: [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailJob', onExitCodes: { containerName: 'main', operator: 'In', values: [42] } },
    { action: 'FailIndex', onExitCodes: { operator: 'In', values: [43] } },
    { action: 'Count', onExitCodes: { operator: 'NotIn', values: [44] } },
  ],
};

test('the first rule that matches speaks', () => {
  const disrupted = [{ type: 'DisruptionTarget', status: 'True' }];
  expect(judgeFailure(policy, failed(42, disrupted))).toEqual({ action: 'Ignore', counts: false });
  expect(judgeFailure(policy, failed(42))).toEqual({
    action: 'FailJob',
    counts: true,
    jobFails: 'Container main for pod ci/job-x failed with exit code 42 matching FailJob rule at index 1',
  });
  expect(judgeFailure(policy, failed(43))).toEqual({ action: 'FailIndex', counts: true });
  expect(judgeFailure(policy, failed(1))).toEqual({ action: 'Count', counts: true });
});

test('without a rule that matches a failure counts', () => {
  expect(judgeFailure(policy, failed(44))).toEqual({ counts: true });
  expect(judgeFailure(undefined, failed(1))).toEqual({ counts: true });
});

test('a condition may fail the job too', () => {
  const rules: PodFailurePolicy['rules'] = [
    { action: 'FailJob', onPodConditions: [{ type: 'ConfigIssue', status: 'True' }] },
  ];
  expect(judgeFailure({ rules }, failed(1, [{ type: 'ConfigIssue', status: 'True' }])).jobFails).toBe(
    'Pod ci/job-x has condition ConfigIssue matching FailJob rule at index 0',
  );
});
