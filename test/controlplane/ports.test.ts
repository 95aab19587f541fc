import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { choosePorts, isPortFree, parsePorts, portNames } from './ports.ts';

function sequence(...values: number[]): () => number {
  let index = 0;
  return () => values[index++ % values.length] ?? 0;
}

describe('choosePorts', () => {
  test('gives different ports, below the ephemeral range, and skips taken ones', async () => {
    const taken = 20_000;
    const random = sequence(0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.999);
    const ports = await choosePorts(random, async (port) => port !== taken);
    expect(Object.keys(ports)).toEqual([...portNames]);
    expect(new Set(Object.values(ports)).size).toBe(portNames.length);
    expect(Object.values(ports)).not.toContain(taken);
    expect(Math.max(...Object.values(ports))).toBeLessThan(32_768);
  });

  test('ends with words when nothing is free', async () => {
    await expect(choosePorts(Math.random, async () => false)).rejects.toThrow('no free loopback ports');
  });
});

describe('parsePorts', () => {
  test('takes what was written', async () => {
    const ports = await choosePorts(Math.random, async () => true);
    expect(parsePorts(JSON.stringify(ports))).toEqual(ports);
  });

  test.each(['{}', '[]', 'null', '{"etcd":"22"}', '{"etcd":99999}'])('refuses %s', (text) => {
    expect(() => parsePorts(text)).toThrow('is no port');
  });
});

test('isPortFree asks the kernel', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  expect(await isPortFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree(port)).toBe(true);
});
