import { expect, test } from 'vitest';
import type { JsonObject } from '../../../base/json.ts';
import type { Level } from './check.ts';
import { policyOf, violations, violationText } from './policy.ts';

const pod = (spec: JsonObject, annotations: JsonObject = {}) => ({ spec, annotations });
const main = (securityContext: JsonObject, rest: JsonObject = {}) => ({
  containers: [{ name: 'main', securityContext, ...rest }],
});
const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const told = (
  level: Level,
  spec: JsonObject,
  annotations: JsonObject = {},
  version: number | 'latest' = 'latest',
) => violationText(violations({ level, version }, pod(spec, annotations)));

test.each<[string, JsonObject, JsonObject, string]>([
  [
    'privileged',
    main({ privileged: true }),
    {},
    'privileged (container "main" must not set securityContext.privileged=true)',
  ],
  [
    'probes of other hosts',
    main(
      {},
      {
        livenessProbe: { httpGet: { host: 'a', port: 1 } },
        lifecycle: { preStop: { tcpSocket: { host: 'b' } } },
      },
    ),
    {},
    'probe or lifecycle host (container "main" uses probe or lifecycle hosts "a", "b")',
  ],
  [
    'an AppArmor annotation',
    main({}),
    { 'container.apparmor.security.beta.kubernetes.io/main': 'unconfined' },
    'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/main="unconfined"")',
  ],
  [
    'AppArmor of pod and container',
    {
      ...main({ appArmorProfile: { type: 'Unconfined' } }),
      securityContext: { appArmorProfile: { type: 'Odd' } },
    },
    {},
    'forbidden AppArmor profiles (pod and container "main" must not set AppArmor profile type to "Odd", "Unconfined")',
  ],
  [
    'a mounted proc',
    main({ procMount: 'Unmasked' }),
    {},
    'procMount (container "main" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    'host processes',
    { ...main({}), securityContext: { windowsOptions: { hostProcess: true } } },
    {},
    'hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)',
  ],
])('baseline tells of %s', (_what, spec, annotations, words) => {
  expect(told('baseline', spec, annotations)).toBe(words);
});

test('restricted takes the place of the checks it narrows', () => {
  const spec = {
    ...main({ ...SAFE, capabilities: { add: ['SYS_ADMIN'], drop: ['ALL'] } }),
    volumes: [{ name: 'v', hostPath: {} }],
  };
  expect(told('restricted', spec)).toBe(
    'unrestricted capabilities (container "main" must not include "SYS_ADMIN" in securityContext.capabilities.add), restricted volume types (volume "v" uses restricted volume type "hostPath")',
  );
  expect(told('restricted', main(SAFE))).toBe('');
});

test('older policies lack the later checks', () => {
  expect(told('restricted', main({ ...SAFE, runAsUser: 0 }), {}, 22)).toBe('');
  expect(told('restricted', main({ ...SAFE, runAsUser: 0 }), {}, 23)).toBe(
    'runAsUser=0 (container "main" must not set runAsUser=0)',
  );
});

test('a user namespace and Windows have exceptions', () => {
  const { runAsNonRoot: _nonRoot, ...rest } = SAFE;
  expect(told('restricted', { ...main(rest), hostUsers: false })).toBe('');
  expect(told('restricted', { ...main({ runAsNonRoot: true }), os: { name: 'windows' } })).toBe('');
});

test('privileged asks for nothing', () => {
  expect(violations({ level: 'privileged', version: 'latest' }, pod(main({ privileged: true })))).toEqual([]);
});

const P = 'pod-security.kubernetes.io';
test('labels: enforcing warns too, what cannot be read is strict when it enforces and silent when it warns', () => {
  expect(policyOf(undefined)).toMatchObject({
    enforce: { level: 'privileged' },
    warn: { level: 'privileged' },
  });
  expect(policyOf({ [`${P}/enforce`]: 'baseline', [`${P}/enforce-version`]: 'v1.30' })).toEqual({
    enforce: { level: 'baseline', version: 30 },
    warn: { level: 'baseline', version: 30 },
    faults: [],
  });
  const odd = policyOf({
    [`${P}/enforce`]: 'strict',
    [`${P}/warn`]: '__proto__',
    [`${P}/audit-version`]: '1',
  });
  expect(odd).toMatchObject({ enforce: { level: 'restricted' }, warn: { level: 'privileged' } });
  expect(odd.faults.map(({ field }) => field)).toEqual([
    `metadata.labels[${P}/enforce]`,
    `metadata.labels[${P}/audit-version]`,
    `metadata.labels[${P}/warn]`,
  ]);
});
