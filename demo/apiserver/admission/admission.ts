/**
 * Admission in the real server's order: first what changes an object on its way in, then, when it is complete and
 * valid, what may still refuse it. Subresources are not asked about here.
 *
 * Contract: each step throws an ApiError (403, 404 or 422) or lets the object pass; warnings go to the context.
 */
import { object } from '../../base/json.ts';
import { requestFromLimits } from '../schema/defaults.ts';
import { applyLimitRanges, checkLimitRanges } from './limit-range.ts';
import { admitIntoKind, admitIntoNamespace } from './namespace-lifecycle.ts';
import { checkPodSecurity } from './pod-security/pod-security.ts';
import { admitPriority, checkPriorityClass } from './priority.ts';
import { checkQuotas } from './quota.ts';
import type { AdmissionRequest } from './request.ts';
import { admitServiceAccount } from './service-account.ts';

/** Changes a new object in place. Its defaults are set; its name may still be a stem. */
export function admitCreate(request: AdmissionRequest): void {
  admitIntoNamespace(request);
  admitIntoKind(request);
  if (request.type.key === 'pods') requestFromLimits(object(request.value.spec));
  applyLimitRanges(request);
  admitServiceAccount(request);
  admitPriority(request);
}

export function checkCreate(request: AdmissionRequest): void {
  checkLimitRanges(request);
  checkPodSecurity(request);
  checkPriorityClass(request);
  checkQuotas(request);
}

/** `before` is set. */
export function checkUpdate(request: AdmissionRequest): void {
  if (request.type.key === 'persistentvolumeclaims') checkLimitRanges(request);
  checkPodSecurity(request);
  checkPriorityClass(request);
  checkQuotas(request);
}
