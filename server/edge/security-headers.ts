/** Header sets of every answer. What a document may do is written once, here (docs/architecture.md, the edge). */
export type Surface = 'page' | 'api' | 'notice';

const OFF = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'xr-spatial-tracking',
];

const ALWAYS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-dns-prefetch-control': 'off',
  'permissions-policy': [...OFF.map((feature) => `${feature}=()`), 'clipboard-write=(self)'].join(', '),
};

export function securityHeaders(
  surface: Surface,
  nonce: string,
  isDev: boolean,
): Readonly<Record<string, string>> {
  return { ...ALWAYS, 'content-security-policy': contentSecurityPolicy(surface, nonce, isDev) };
}

/** nonce: base64, new for every answer. */
export function contentSecurityPolicy(surface: Surface, nonce: string, isDev: boolean): string {
  if (surface === 'api') return "sandbox; default-src 'none'; frame-ancestors 'none'";
  if (surface === 'notice') {
    return `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  }
  const shared = [
    "default-src 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "style-src-attr 'unsafe-inline'",
  ];
  // Hot reload evaluates code and injects style elements, so development cannot have the policy of production.
  const scripts = isDev
    ? [`script-src 'self' 'nonce-${nonce}' 'unsafe-eval'`, "style-src 'self' 'unsafe-inline'"]
    : [
        `script-src 'nonce-${nonce}' 'strict-dynamic'`,
        `style-src 'self' 'nonce-${nonce}'`,
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        'trusted-types nextjs default',
      ];
  return [...shared, ...scripts].join('; ');
}
