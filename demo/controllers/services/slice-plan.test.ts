import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../base/json.ts';
import { planSlices, type Slice, type SliceContent } from './slice-plan.ts';

const HTTP = [{ name: 'http', port: 8080, protocol: 'TCP' }];
const endpoint = (index: number, ready = true): JsonObject => ({
  addresses: [`10.0.${index >> 8}.${index & 255}`],
  conditions: { ready },
  targetRef: { uid: `uid-${index}` },
});
const group = (from: number, to: number): SliceContent => ({
  ports: HTTP,
  endpoints: Array.from({ length: to - from }, (_, index) => endpoint(from + index)),
});

function apply(slices: Slice[], wanted: SliceContent[]): Slice[] {
  const plan = planSlices(wanted, slices);
  const updated = new Map(plan.update.map((slice) => [slice.name, slice]));
  const kept = slices
    .filter(({ name }) => !plan.delete.includes(name))
    .map((slice) => updated.get(slice.name) ?? slice);
  return [
    ...kept,
    ...plan.create.map((content, index) => ({
      ...content,
      name: `new-${slices.length}-${index}-${kept.length}`,
    })),
  ];
}

test('two hundred and fifty endpoints stand in three slices', () => {
  expect(apply([], [group(0, 250)]).map(({ endpoints }) => endpoints.length)).toEqual([100, 100, 50]);
});

test('a slice whose endpoints stay is not touched', () => {
  const slices = apply([], [group(0, 150)]);
  const changed = { ports: HTTP, endpoints: [...group(0, 149).endpoints, endpoint(149, false)] };
  expect(planSlices([changed], slices).update.map(({ name }) => name)).toEqual([slices[1]?.name]);
});

test('the last slice stays, empty', () => {
  const slices = apply([], [group(0, 1)]);
  expect(planSlices([], slices)).toEqual({
    create: [],
    update: [{ name: slices[0]?.name, ports: [], endpoints: [] }],
    delete: [],
  });
  expect(planSlices([], apply(slices, []))).toEqual({ create: [], update: [], delete: [] });
  expect(planSlices([], [])).toMatchObject({ create: [{ ports: [], endpoints: [] }] });
});

test('whatever comes and goes, every endpoint stands in one slice, and none is too large', () => {
  const round = fc.tuple(fc.nat(260), fc.nat(260));
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 6 }), (rounds) => {
      let slices: Slice[] = [];
      for (const [from, length] of rounds) {
        const wanted = group(from, from + length);
        slices = apply(slices, length > 0 ? [wanted] : []);
        const all = slices.flatMap(({ endpoints }) => endpoints);
        expect(new Set(all.map(({ targetRef }) => JSON.stringify(targetRef))).size).toBe(length);
        expect(all).toHaveLength(length);
        expect(Math.max(...slices.map(({ endpoints }) => endpoints.length))).toBeLessThanOrEqual(100);
        expect(planSlices(length > 0 ? [wanted] : [], slices)).toEqual({
          create: [],
          update: [],
          delete: [],
        });
      }
    }),
    { seed: 9 },
  );
});
