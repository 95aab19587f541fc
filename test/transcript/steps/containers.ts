import type { Chapter } from '../step.ts';

const noKubelet = 'KWOK answers with files and commands of the machine it runs on.';

/** Lines of a log follow from the pod's uid and the time. */
const logLine = [/"time"|^ {4}at |^[A-Z]\w+: |^<time>/, '<lines of its log>'] as const;

export const containers: Chapter = {
  title: 'In containers',
  steps: [
    { title: 'Logs of no such container', kubectl: 'logs solo -c nothing' },
    { title: 'Logs of no such pod', kubectl: 'logs nobody' },
    { title: 'Exec in no such container', kubectl: 'exec solo -c nothing -- ls' },
    { title: 'Exec in no such pod', kubectl: 'exec nobody -- ls' },
    { title: 'Logs', kubectl: 'logs solo --tail=3', blur: logLine, demoOnly: noKubelet, until: /time/ },
    {
      title: 'Logs of a Deployment',
      kubectl: 'logs deployment/web --tail=2 --timestamps',
      blur: logLine,
      demoOnly: noKubelet,
    },
    {
      title: 'Follow the logs',
      kubectl: 'logs -f solo --tail=1',
      demoOnly: noKubelet,
      interruptedWhen: /(.*\n){3}/,
      blur: logLine,
    },
    { title: 'Logs of a container that never ended', kubectl: 'logs solo --previous', demoOnly: noKubelet },
    { title: 'A pod that fails', kubectl: 'create -f crash.yaml' },
    {
      title: 'It fails again and again',
      kubectl: 'get pod crash',
      demoOnly: noKubelet,
      until: /CrashLoopBackOff +2/,
    },
    {
      title: 'Logs of the container before',
      kubectl: 'logs crash --previous --tail=2',
      blur: logLine,
      demoOnly: noKubelet,
    },
    {
      title: 'Why it failed',
      kubectl:
        "get pod crash -o jsonpath='{.status.containerStatuses[0].lastState.terminated.reason} {.status.containerStatuses[0].lastState.terminated.exitCode}'",
      demoOnly: noKubelet,
    },
    {
      title: 'A container to look into a pod',
      kubectl: 'debug solo --image=busybox:1.37 --container=look --attach=false --quiet -- sleep 1000',
    },
    {
      title: 'The container in the pod',
      kubectl:
        "get pod solo -o jsonpath='{.spec.ephemeralContainers[*].name} {.spec.ephemeralContainers[*].image}'",
    },
    {
      title: 'Another of that name',
      kubectl: 'debug solo --image=busybox:1.37 --container=look --attach=false --quiet',
    },
    { title: 'Exec', kubectl: 'exec solo -- ls /', demoOnly: noKubelet },
    {
      title: 'Exec with input',
      kubectl: 'exec -i solo -- cat',
      stdin: 'through and back\n',
      demoOnly: noKubelet,
    },
    { title: 'Exec, exit code', kubectl: "exec solo -- sh -c 'exit 3'", demoOnly: noKubelet },
    { title: 'Exec of no such program', kubectl: 'exec solo -- nothing', demoOnly: noKubelet },
    {
      title: 'A shell at a terminal',
      kubectl: 'exec -it solo -- sh',
      demoOnly: noKubelet,
      typed: [
        { when: /[$#] $/, text: 'hostname\n' },
        { when: /solo[\s\S]*[$#] $/, text: 'exit 4\n' },
      ],
    },
    {
      title: 'Attach',
      kubectl: 'attach solo',
      demoOnly: noKubelet,
      interruptedWhen: /^\{/m,
      blur: logLine,
    },
  ],
};
