import { expect, test } from 'vitest';
import { conversionFault, goText } from './conversion-fault.ts';

test('values are printed as Go prints them', () => {
  expect(goText({ spec: { b: [1, 'x', null], a: { t: true } } })).toBe(
    'map[spec:map[a:map[t:true] b:[1 x <nil>]]]',
  );
});

test.each([
  ['string into Go struct field DeploymentSpec.spec.replicas of type int32', 'unrecognized type: int32'],
  [
    'string into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec',
    'cannot restore struct from: string',
  ],
  [
    'string into Go struct field PodSpec.containers of type []v1.Container',
    'cannot restore slice from string',
  ],
  [
    'string into Go struct field PodSpec.nodeSelector of type map[string]string',
    'cannot restore map from string',
  ],
  ['number into Go struct field ObjectMeta.metadata.labels of type string', 'cannot convert int64 to string'],
  [
    'number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    'cannot convert float64 to int32',
  ],
  ['number into Go struct field DeploymentSpec.spec.paused of type bool', 'unrecognized type: bool'],
])('json: cannot unmarshal %s', (words, expected) => {
  expect(conversionFault(`json: cannot unmarshal ${words}`)).toBe(expected);
});
