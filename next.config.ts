import type { NextConfig } from 'next';

/** Shells only: no image optimiser, rewrites or data cache (docs/architecture.md). */
const config: NextConfig = {
  agentRules: false,
  // `npm run check` does it, for the whole house; a build depends only on what it serves.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  images: { unoptimized: true },
  serverExternalPackages: ['undici', 'ws', 'pino', 'prom-client'],
  experimental: { optimizePackageImports: ['@mantine/core', '@mantine/hooks'] },
};

export default config;
