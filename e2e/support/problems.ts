// What a browser complains of during a test. Every test fails on any of it but what it declared:
//   problems.allow(/Failed to load resource: .* 503 .*\/api\/write/, 'the API server was killed');
import type { BrowserContext } from '@playwright/test';

export interface Problems {
  /** Declares lines that the test itself causes; `why` is for the reader. */
  allow(pattern: RegExp, why: string): void;
  /** What nobody declared, so far. */
  unexpected(): readonly string[];
}

interface CspReport {
  readonly directive: string;
  readonly blocked: string;
  readonly sample: string;
}

/** Runs in the page before its own scripts. */
function reportViolations(): void {
  const page = globalThis as unknown as { strataCspReport(report: CspReport): Promise<void> };
  document.addEventListener('securitypolicyviolation', (event) => {
    void page.strataCspReport({
      directive: event.violatedDirective,
      blocked: event.blockedURI,
      sample: event.sample,
    });
  });
}

/** Listens to every page of a context: page errors, reports of the content security policy, console errors. */
export async function watchProblems(context: BrowserContext): Promise<Problems> {
  const seen: string[] = [];
  const allowed: RegExp[] = [];
  await context.exposeBinding('strataCspReport', (_source, report: CspReport) => {
    seen.push(`content security policy: ${report.directive} refused ${report.blocked} ${report.sample}`);
  });
  await context.addInitScript(reportViolations);
  context.on('weberror', (error) => seen.push(`page error: ${error.error().stack ?? error.error().message}`));
  context.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    const { url } = message.location();
    // React and Next warn of mistakes of ours on the console; a browser's own hints are not ours.
    const isOurs =
      message.type() === 'error' || /react|next|hydrat|content security|trusted/i.test(message.text());
    if (isOurs) seen.push(`console ${message.type()}: ${message.text()} (${url})`);
  });
  return {
    allow: (pattern) => void allowed.push(pattern),
    unexpected: () => seen.filter((line) => !allowed.some((pattern) => pattern.test(line))),
  };
}
