import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kubernetesVersion, linkerFlags } from './build.ts';
import { availability, binDir, findProgram, programNames, sourceHash } from './programs.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'programs-test-'));
});

afterEach(() => rmSync(dir, { recursive: true }));

function program(folder: string, name: string, stamp?: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, 0o755);
  if (stamp) writeFileSync(`${path}.stamp`, `${stamp}\n`);
  return path;
}

describe('binDir', () => {
  test('is named for the sources and for Go, below XDG_CACHE_HOME', () => {
    const environment = { env: { XDG_CACHE_HOME: dir }, goVersion: 'go1.26.4' };
    expect(binDir(environment, 'abc')).toBe(join(dir, 'strata-console/controlplane/abc-go1.26.4'));
  });

  test('without Go, takes what any Go built from the same sources', () => {
    const built = join(dir, 'strata-console/controlplane/abc-go1.26.9');
    mkdirSync(built, { recursive: true });
    expect(binDir({ env: { XDG_CACHE_HOME: dir }, goVersion: undefined }, 'abc')).toBe(built);
  });

  test('STRATA_CONTROLPLANE_BIN overrules both', () => {
    expect(binDir({ env: { STRATA_CONTROLPLANE_BIN: '/b' }, goVersion: 'go1' }, 'abc')).toBe('/b');
  });
});

describe('findProgram', () => {
  test('KUBEBUILDER_ASSETS counts only with kube-apiserver and etcd in it', () => {
    const environment = { env: { KUBEBUILDER_ASSETS: dir, XDG_CACHE_HOME: dir }, goVersion: 'go1' };
    const kubectl = program(dir, 'kubectl');
    program(dir, 'etcd');
    expect(findProgram('kubectl', environment)).toBeUndefined();
    program(dir, 'kube-apiserver');
    expect(findProgram('kubectl', environment)).toBe(kubectl);
    expect(findProgram('kwok', environment)).toBeUndefined();
  });

  test('a program built from other sources does not count', () => {
    const environment = { env: { STRATA_CONTROLPLANE_BIN: dir }, goVersion: 'go1' };
    program(dir, 'kwok', 'older');
    expect(findProgram('kwok', environment)).toBeUndefined();
    const path = program(dir, 'kwok', sourceHash());
    expect(findProgram('kwok', environment)).toBe(path);
  });
});

describe('availability', () => {
  test('without binaries and without Go it says how to get them', () => {
    const answer = availability({ env: { STRATA_CONTROLPLANE_BIN: dir }, goVersion: undefined });
    expect(answer).toMatchObject({
      ok: false,
      reason: expect.stringContaining('npm run controlplane -- build'),
    });
  });

  test('with every program built Go is not needed', () => {
    for (const name of programNames) program(dir, name, sourceHash());
    const environment = { env: { STRATA_CONTROLPLANE_BIN: dir }, goVersion: undefined };
    expect(availability(environment)).toEqual({ ok: true, built: true });
  });
});

test('the version stamp follows go.mod', () => {
  expect(kubernetesVersion('require (\n\tk8s.io/kubernetes v1.36.3\n)')).toBe('v1.36.3');
  expect(linkerFlags('v1.36.3')).toContain('-X k8s.io/component-base/version.gitMinor=36');
  expect(() => kubernetesVersion('module x')).toThrow('does not require');
});
