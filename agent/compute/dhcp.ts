import { fileURLToPath } from 'node:url';
import { AgentError } from '../errors.ts';
import { attempt, run } from './command.ts';
import { inNamespace } from './namespace.ts';

const script = fileURLToPath(new URL('./udhcpc.sh', import.meta.url));
const tries = 5;
const secondsEach = 1;

/** Whether the device has an IPv4 address. */
export async function hasAddress(namespace: string, device: string): Promise<boolean> {
  const text = await run('ip', ['-n', namespace, '-4', '-oneline', 'address', 'show', 'dev', device]);
  return text.trim() !== '';
}

/** Gets address and routes for a device, once: the address of an interface never changes. @throws AgentError */
export async function requestLease(namespace: string, device: string, signal: AbortSignal): Promise<void> {
  const client = [
    'udhcpc',
    '-i',
    device,
    '-f',
    '-n',
    '-q',
    '-t',
    `${tries}`,
    '-T',
    `${secondsEach}`,
    '-s',
    script,
  ];
  const asked = ['-O', 'mtu', '-O', 'staticroutes'];
  const timeoutMs = (tries * secondsEach + 5) * 1000;
  const { code, stderr } = await attempt('nsenter', inNamespace(namespace, ...client, ...asked), {
    timeoutMs,
    signal,
  });
  if (code === 0) return;
  throw new AgentError(
    'instance-failed',
    `${device} got no address by DHCP: ${stderr.trim().split('\n').at(-1)}`,
    {
      value: device,
      fix: 'Check that the host is connected to a controller (ovs-vsctl show) and has flows (ovs-ofctl dump-flows br-int).',
    },
  );
}
