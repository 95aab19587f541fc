import type { NextConfig } from 'next';

/** Shells only: no image optimiser, rewrites or data cache (docs/architecture.md). */
const config: NextConfig = {
  agentRules: false,
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  serverExternalPackages: ['@kubernetes/client-node', 'undici', 'ws', 'pino', 'prom-client'],
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks'] },
};

export default config;
