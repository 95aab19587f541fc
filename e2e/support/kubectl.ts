import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** kubectl as one user: rejects with its error text. */
export function kubectlFor(program: string, kubeconfig: string) {
  return async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(program, [`--kubeconfig=${kubeconfig}`, ...args], {
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
}

export type Kubectl = ReturnType<typeof kubectlFor>;

export function kubectlApply(program: string, kubeconfig: string, manifest: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [`--kubeconfig=${kubeconfig}`, 'apply', '-f', '-'],
      (error, _out, stderr) => {
        if (error === null) resolve();
        else reject(new Error(stderr));
      },
    );
    child.stdin?.end(JSON.stringify(manifest));
  });
}
